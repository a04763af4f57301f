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

    /// <summary>Has the kernel tell the ways of real packets, until what is returned is disposed of. Needs root; decides nothing about any packet.</summary>
    /// <param name="settings">The host's.</param>
    /// <param name="filter">Which packets.</param>
    /// <param name="isBridge">Whether a device is a bridge now.</param>
    IPacketTrace Trace(NovaSettings settings, TraceFilter filter, Func<DeviceName, bool> isBridge);

    /// <summary>The rules that packets' ways name. As <see cref="ListAsync"/>.</summary>
    /// <param name="settings">The host's.</param>
    /// <param name="store">What is desired.</param>
    /// <param name="picture">The host as it was looked at just before.</param>
    /// <param name="before">The rules before, to know those that went since.</param>
    /// <param name="cancel">Cancels.</param>
    Task<RuleBook> RulesAsync(NovaSettings settings, Database store, HostPicture picture, RuleBook? before, CancellationToken cancel);
}

/// <summary>Real packets under the kernel's trace. Not thread-safe, except for <see cref="Wake"/>. Throws <see cref="InspectionException"/> when it cannot go on.</summary>
public interface IPacketTrace : IDisposable
{
    /// <summary>What of the host's rules the kernel's trace does not see, in a sentence; null when it sees all.</summary>
    string? Blind { get; }

    /// <summary>How often events were lost because they came faster than they were taken.</summary>
    int Losses { get; }

    /// <summary>Somebody changed rules since it was last set to false.</summary>
    bool RulesChanged { get; set; }

    /// <summary>Waits for a moment, or until there are any; packets whose ways are over.</summary>
    IReadOnlyList<PacketWay> Wait();

    /// <summary>Packets whose ways are not over, as far as they came.</summary>
    IReadOnlyList<PacketWay> Rest();

    /// <summary>Ends a wait.</summary>
    void Wake();
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
