using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Testing;

/// <summary>A worker's plan against the tables of a <see cref="FakeHost"/>, without the firewall's queue: what a daemon does, in two calls.</summary>
public sealed class PlanRun
{
    private readonly FakeHost _host;

    public PlanRun(FakeHost host, string worker, Model.RuleProfile profile, bool ipv6 = false)
    {
        _host = host;
        Plan = new FirewallPlan(worker, RuleProfiles.For(profile), ipv6);
    }

    public FirewallPlan Plan { get; }

    /// <summary>As at a daemon's start: everything is wanted anew and compared with what is there. Returns the texts sent to the kernel.</summary>
    public string Start(params IReadOnlyList<Policy> policies)
    {
        Plan.Replace(policies);
        foreach (var family in Plan.Families)
        {
            Plan.Observe(family, TablesOf(family).Save());
        }

        return Commit();
    }

    public string Put(params IReadOnlyList<Policy> policies)
    {
        foreach (var policy in policies)
        {
            Plan.Put(policy);
        }

        return Commit();
    }

    public string Remove(params IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            Plan.Remove(key);
        }

        return Commit();
    }

    private string Commit() => string.Concat(Plan.Families.Select(family =>
    {
        var text = Plan.Pending(family);
        TablesOf(family).Restore(text);
        Plan.Committed(family);
        return text;
    }));

    private IptablesModel TablesOf(IpFamily family) => family == IpFamily.V4 ? _host.V4 : _host.V6;
}
