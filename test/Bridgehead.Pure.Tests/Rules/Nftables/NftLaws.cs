using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Nftables;

/// <summary>Laws of the native back end, for any history of policies that come, change and go, in any order.</summary>
public sealed class NftLaws
{
    private const int Runs = 300;
    private static readonly NovaSettings Settings = Sample.Settings(RuleProfile.Ocata) with { UseIpv6 = true };
    private static readonly Network Dual = Sample.Network() with { CidrV6 = Cidr.Parse("fd00:1::/64") };

    /// <summary>A policy put, or a key removed; null restarts the daemon.</summary>
    private static readonly Gen<(Policy? Put, string? Remove)[]> Histories = Gen.Frequency(
        (8, Policies().Select(policy => ((Policy?)policy, (string?)null))),
        (4, Policies().Select(policy => ((Policy?)null, (string?)policy.Key))),
        (1, Gen.Const(((Policy?)null, (string?)null)))).Array[0, 40];

    [Fact]
    public void Any_history_leads_to_what_a_fresh_start_makes() => Histories.Sample(
        history =>
        {
            var (kernel, wanted) = Run(history);
            var fresh = new NftModel();
            new NftRun(fresh, new ComputeLayout(ipv6: true)).Start([.. wanted.Values]);
            return kernel.List() == fresh.List();
        },
        iter: Runs);

    [Fact]
    public void A_restart_and_doing_it_again_send_nothing() => Histories.Sample(
        history =>
        {
            var (kernel, wanted) = Run(history);
            var run = new NftRun(kernel, new ComputeLayout(ipv6: true));
            return run.Start([.. wanted.Values]).Count == 0 && run.Put([.. wanted.Values.Reverse()]).Count == 0;
        },
        iter: Runs);

    [Fact]
    public void What_comes_and_goes_leaves_nothing() => Histories.Sample(
        history =>
        {
            var (kernel, wanted) = Run(history);
            var run = new NftRun(kernel, new ComputeLayout(ipv6: true));
            run.Start([.. wanted.Values]);
            run.Remove([.. wanted.Keys]);
            var empty = new NftModel();
            new NftRun(empty, new ComputeLayout(ipv6: true)).Start();
            return kernel.List() == empty.List();
        },
        iter: Runs);

    /// <summary>A commit whose answer is lost was carried out or not: the daemon looks, and goes on from there.</summary>
    [Fact]
    public void A_lost_answer_is_made_up_for() => Gen.Select(Histories, Gen.Bool.Array[40]).Sample(
        (history, lost) =>
        {
            var kernel = new NftModel();
            var run = new NftRun(kernel, new ComputeLayout(ipv6: true));
            var wanted = new SortedDictionary<string, Policy>(StringComparer.Ordinal);
            run.Start();
            foreach (var ((put, remove), gone) in history.Zip(lost))
            {
                Want(wanted, put, remove);
                Change(run.Plan, put, remove);
                var handles = kernel.Commit(run.Plan.Pending());
                if (gone)
                {
                    run.Plan.Observe(kernel.Read());
                    handles = kernel.Commit(run.Plan.Pending());
                }

                run.Plan.Committed(handles);
            }

            var fresh = new NftModel();
            new NftRun(fresh, new ComputeLayout(ipv6: true)).Start([.. wanted.Values]);
            return kernel.List() == fresh.List();
        },
        iter: Runs);

    /// <summary>Two workers share the tables: each starts and changes without the other's part, in either order.</summary>
    [Fact]
    public void Another_workers_part_stays_as_it_is() => Gen.Select(Histories, Gen.Bool).Sample(
        (history, networkFirst) =>
        {
            var kernel = new NftModel();
            var network = new NftRun(kernel, new NetworkLayout(RuleProfile.Ocata));
            Policy[] translations = [NetworkPlanner.Host(Settings), NetworkPlanner.Bridge(Sample.Network() with { Gateway = null }, Settings), NetworkPlanner.Floating(Sample.Floating(), Settings)!];
            if (networkFirst)
            {
                network.Start(translations);
            }

            var (_, wanted) = Run(history, kernel);
            if (!networkFirst)
            {
                network.Start(translations);
            }

            var fresh = new NftModel();
            new NftRun(fresh, new ComputeLayout(ipv6: true)).Start([.. wanted.Values]);
            new NftRun(fresh, new NetworkLayout(RuleProfile.Ocata)).Start(translations);
            return kernel.List() == fresh.List() && new NftRun(kernel, new NetworkLayout(RuleProfile.Ocata)).Start(translations).Count == 0;
        },
        iter: Runs);

    private static (NftModel Kernel, SortedDictionary<string, Policy> Wanted) Run((Policy? Put, string? Remove)[] history, NftModel? existing = null)
    {
        var kernel = existing ?? new NftModel();
        var run = new NftRun(kernel, new ComputeLayout(ipv6: true));
        var wanted = new SortedDictionary<string, Policy>(StringComparer.Ordinal);
        run.Start();
        foreach (var (put, remove) in history)
        {
            Want(wanted, put, remove);
            if (put is null && remove is null)
            {
                run = new NftRun(kernel, new ComputeLayout(ipv6: true));
                run.Start([.. wanted.Values]);
            }
            else
            {
                Change(run.Plan, put, remove);
                run.Plan.Committed(kernel.Commit(run.Plan.Pending()));
            }
        }

        return (kernel, wanted);
    }

    private static void Want(SortedDictionary<string, Policy> wanted, Policy? put, string? remove)
    {
        if (put is not null)
        {
            wanted[put.Key] = put;
        }
        else if (remove is not null)
        {
            wanted.Remove(remove);
        }
    }

    private static void Change(NftPlan plan, Policy? put, string? remove)
    {
        if (put is not null)
        {
            plan.Put(put);
        }
        else if (remove is not null)
        {
            plan.Remove(remove);
        }
    }

    private static Gen<Policy> Policies() => Gen.OneOf<Policy>(
        Gen.Select(Gen.Long[1, 4], Gen.Int[0, 11].Array[0, 6]).Select((id, rules) => (Policy)new Policy.GroupRules(id, $"g{id}", [.. rules.Distinct().Order().Select(RuleOf)])),
        Gen.Select(Gen.Long[1, 4], Gen.Long[1, 5]).Select((group, id) => (Policy)InstancePlanner.Member(Sample.Member(group, "m", id, Dual, $"10.10.10.{id + 1}"), Settings)),
        Gen.Select(Gen.Long[1, 6], Gen.Long[1, 4].Array[0, 3], Gen.Bool).Select((id, groups, same) => (Policy)(InstancePlanner.Filter(Sample.Server(id, Dual).View with { Groups = [.. groups.Distinct()] }, Settings with { AllowSameNetTraffic = same }))));

    private static SecurityGroupRule RuleOf(int kind) => kind switch
    {
        0 => Sample.Rule("tcp", 22, 22, id: 1),
        1 => Sample.Rule("tcp", 80, 90, "192.0.2.0/24", id: 2),
        2 => Sample.Rule("icmp", 8, 0, "::/0", id: 3),
        3 => Sample.Rule("udp", 53, 53, source: 1, id: 4),
        4 => Sample.Rule(null, null, null, source: 2, id: 5),
        5 => Sample.Rule("tcp", 22, 22, "::/0", id: 6),
        6 => Sample.Rule("tcp", 85, 100, "192.0.2.0/25", id: 7),
        7 => Sample.Rule("tcp", 1, 65535, "192.0.0.0/16", id: 8),
        8 => Sample.Rule("tcp", 60, 85, id: 9),
        9 => Sample.Rule("tcp", 1, 65535, "2001:db8::/32", id: 10),
        10 => Sample.Rule("tcp", 443, 443, "2001:db8:1::/48", id: 11),
        _ => Sample.Rule("tcp", 80, 90, "192.0.2.0/24", id: 12),
    };
}
