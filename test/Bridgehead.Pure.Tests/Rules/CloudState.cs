using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;
using CsCheck;

namespace Bridgehead.Pure.Tests.Rules;

/// <summary>One change of what a host should have.</summary>
internal abstract record Step
{
    public sealed record Boot(long Id, int Port) : Step;

    public sealed record Delete(long Id) : Step;

    public sealed record AddNetwork(long Id) : Step;

    public sealed record DeleteNetwork(long Id) : Step;

    public sealed record Associate(int Floating, long Instance) : Step;

    public sealed record Disassociate(int Floating) : Step;

    /// <summary>The daemon is started anew and finds its rules of before.</summary>
    public sealed record Restart(bool Compute) : Step;

    /// <summary>Ids that are prefixes of each other, and neighbours.</summary>
    public static readonly Gen<Step> Any = Gen.Frequency(
        (4, Gen.Select(Gen.OneOf(Ids), Gen.Int[1, 4]).Select((id, port) => (Step)new Boot(id, port))),
        (3, Gen.OneOf(Ids).Select(id => (Step)new Delete(id))),
        (1, Gen.Long[1, 3].Select(id => (Step)new AddNetwork(id))),
        (1, Gen.Long[1, 3].Select(id => (Step)new DeleteNetwork(id))),
        (2, Gen.Select(Gen.Int[1, 3], Gen.OneOf(Ids)).Select((floating, id) => (Step)new Associate(floating, id))),
        (1, Gen.Int[1, 3].Select(floating => (Step)new Disassociate(floating))),
        (1, Gen.Bool.Select(compute => (Step)new Restart(compute))));

    private static Gen<long>[] Ids => [Gen.Const(1L), Gen.Const(10L), Gen.Const(11L), Gen.Const(100L), Gen.Const(2L)];
}

/// <summary>What two daemons of a host should have, as policies by key, and their plans that follow it.</summary>
internal sealed class CloudState
{
    private readonly NovaSettings _settings;
    private readonly SortedDictionary<string, Policy> _network = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Policy> _compute = new(StringComparer.Ordinal);
    private readonly Testing.FakeHost _host;
    private PlanRun _networkRun;
    private PlanRun _computeRun;

    public CloudState(Testing.FakeHost host, RuleProfile profile)
    {
        (_host, _settings) = (host, Sample.Settings(profile) with { UseIpv6 = true });
        Keep(_network, NetworkPlanner.Host(_settings));
        Keep(_compute, new Policy.ComputeHost());
        _networkRun = NewRun("nova-network");
        _computeRun = NewRun("nova-compute");
    }

    public IReadOnlyList<Policy> Network => [.. _network.Values];

    public IReadOnlyList<Policy> Compute => [.. _compute.Values];

    public string StartNetwork(IEnumerable<Policy>? policies = null) => _networkRun.Start([.. policies ?? Network]);

    public string StartCompute(IEnumerable<Policy>? policies = null) => _computeRun.Start([.. policies ?? Compute]);

    public string PutAllAgain() => _networkRun.Put(Network) + _computeRun.Put(Compute);

    public void Restart()
    {
        _networkRun = NewRun("nova-network");
        _computeRun = NewRun("nova-compute");
    }

    /// <summary>Changes what is wanted, and brings it about. Returns what was sent.</summary>
    public string Apply(Step step) => step switch
    {
        Step.Boot boot => _computeRun.Put([.. PoliciesOf(boot).Select(policy => Keep(_compute, policy))]),
        Step.Delete delete => Drop(_compute, _computeRun, Policy.InstanceFilter.KeyOf(delete.Id)),
        Step.AddNetwork add => _networkRun.Put(Keep(_network, NetworkPlanner.Bridge(Sample.Network(add.Id, $"10.{add.Id}.0.0/16"), _settings))),
        Step.DeleteNetwork delete => Drop(_network, _networkRun, $"network/{delete.Id}"),
        Step.Associate to => _networkRun.Put(Keep(_network, NetworkPlanner.Floating(Sample.Floating($"192.168.1.{to.Floating}", $"10.10.10.{to.Instance}"), _settings)!)),
        Step.Disassociate from => Drop(_network, _networkRun, $"floating/192.168.1.{from.Floating}"),
        Step.Restart { Compute: true } => RestartCompute(),
        _ => RestartNetwork(),
    };

    private static Policy Keep(SortedDictionary<string, Policy> policies, Policy policy)
    {
        policies[policy.Key] = policy;
        return policy;
    }

    private static string Drop(SortedDictionary<string, Policy> policies, PlanRun run, string key)
    {
        policies.Remove(key);
        return run.Remove(key);
    }

    /// <summary>Each instance has a group of its own.</summary>
    private IReadOnlyList<Policy> PoliciesOf(Step.Boot boot)
    {
        var network = Sample.Network() with { CidrV6 = Cidr.Parse("fd00:1::/64") };
        var rules = Enumerable.Range(1, boot.Port).Select(port => Sample.Rule("tcp", port, port, port % 2 == 0 ? "::/0" : "0.0.0.0/0", id: port));
        var group = new GroupView(Sample.Group().Group with { Id = boot.Id }, [.. rules]);
        return Sample.Server(boot.Id, network, group).Policies(_settings);
    }

    private string RestartCompute()
    {
        _computeRun = NewRun("nova-compute");
        return StartCompute();
    }

    private string RestartNetwork()
    {
        _networkRun = NewRun("nova-network");
        return StartNetwork();
    }

    private PlanRun NewRun(string worker) => new(_host, worker, _settings.RuleProfile, ipv6: true);
}
