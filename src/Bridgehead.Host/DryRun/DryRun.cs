using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>What of a host a change concerns.</summary>
public enum HostArea
{
    Store,
    Settings,
    Interfaces,
    PacketFilter,
    Dhcp,
    Connections,
    Instances,
    Files,
}

/// <summary>Something that would be changed on this host.</summary>
/// <param name="Where">The part of the area, such as a chain; null where <paramref name="What"/> says it all.</param>
/// <param name="Why">What it is for, where it is known.</param>
public sealed record HostChange(HostArea Area, ChangeSign Sign, string What, string? Where = null, string? Why = null);

/// <summary>
/// The changes that would have been made, in their order. The agents run as ever; what they work on the host with reads the real one and notes here what it would have written. What was noted before is
/// not seen by what is read later, but for interfaces that would have been made.
/// </summary>
public sealed class DryRun
{
    private readonly Lock _lock = new();
    private readonly List<HostChange> _changes = [];

    public IReadOnlyList<HostChange> Changes
    {
        get
        {
            lock (_lock)
            {
                return [.. _changes];
            }
        }
    }

    /// <summary>Changes of the packet filter.</summary>
    public void AddRules(IEnumerable<RuleChange> rules)
    {
        foreach (var rule in rules)
        {
            Add(new HostChange(HostArea.PacketFilter, rule.Sign, rule.Text, rule.Place, rule.Why));
        }
    }

    /// <summary>May be called from any thread.</summary>
    public void Add(HostChange change)
    {
        lock (_lock)
        {
            if (!_changes.Contains(change))
            {
                _changes.Add(change);
            }
        }
    }
}
