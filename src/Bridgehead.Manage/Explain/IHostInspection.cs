using Bridgehead.Model;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Tracing;
using Bridgehead.Store;

namespace Bridgehead.Manage;

/// <summary>A look at this host, which nova-manage, a tool of the store, cannot take itself: the executable gives it one.</summary>
public interface IHostInspection
{
    /// <summary>Changes nothing. Throws <see cref="InspectionException"/> with a sentence when the host cannot be read.</summary>
    Task<HostPicture> LookAsync(NovaSettings settings, Database store, CancellationToken cancel);

    /// <summary>What the kernel's packet filter holds, beside what this host should hold. As <see cref="LookAsync"/>; needs root.</summary>
    Task<Listing> ListAsync(NovaSettings settings, Database store, CancellationToken cancel);
}

/// <summary>A host at one moment.</summary>
/// <param name="Policies">What its workers should hold, by the store.</param>
/// <param name="Host">Where packets go, by the kernel; what is behind bridges is added from the store.</param>
/// <param name="Saved">What iptables-save prints; null where it is not used or may not be read.</param>
public sealed record HostPicture(HostPolicies Policies, TracedHost Host, IReadOnlyDictionary<IpFamily, SavedRules>? Saved);

/// <summary>The host could not be looked at.</summary>
public sealed class InspectionException : Exception
{
    public InspectionException()
    {
    }

    public InspectionException(string message)
        : base(message)
    {
    }

    public InspectionException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
