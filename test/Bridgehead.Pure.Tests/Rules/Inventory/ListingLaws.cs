using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Inventory;

/// <summary>The listing says that something differs when a daemon would change something, and only then, whatever the cloud and whatever was done to its rules.</summary>
public sealed class ListingLaws
{
    private const int Runs = 250;

    /// <summary>What is done, and where: numbers that find a place in whatever there is.</summary>
    private static readonly Gen<(int What, int Where, int To)[]> Damages = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9999], Gen.Int[0, 9999]).Array[0, 4];

    [Theory]
    [InlineData(NetfilterBackend.Iptables)]
    [InlineData(NetfilterBackend.Nftables)]
    public void What_the_daemons_made_is_as_desired_and_every_rule_has_a_reason(NetfilterBackend backend) => CloudGen.Clouds.Sample(
        cloud =>
        {
            var settings = cloud.Settings with { NetfilterBackend = backend };
            var listing = new ModelKernel(cloud.Policies, settings).List(cloud.Policies, settings);
            listing.Differs.Should().BeFalse();
            listing.Chains.Should().OnlyContain(chain => chain.State == ListedState.Kept);
            listing.Chains.SelectMany(chain => chain.Rules).Should().OnlyContain(rule => rule.State == ListedState.Kept && !string.IsNullOrEmpty(rule.Why));
            listing.Chains.Where(chain => chain.Table.Program == ListedProgram.Iptables).SelectMany(chain => chain.Rules).Should().OnlyContain(rule => rule.Count != null);
        },
        iter: Runs);

    [Fact]
    public void Damaged_iptables_differ_when_a_daemon_would_repair_them() => Gen.Select(CloudGen.Clouds, Damages).Sample(
        (cloud, damages) =>
        {
            var settings = cloud.Settings with { NetfilterBackend = NetfilterBackend.Iptables };
            var kernel = new ModelKernel(cloud.Policies, settings);
            kernel.Saved = damages.Aggregate(kernel.Saved, Damage);
            var listing = kernel.List(cloud.Policies, settings);
            listing.Differs.Should().Be(
                new[] { (Binaries.Network, cloud.Policies.Network), (Binaries.Compute, cloud.Policies.Compute), (Binaries.Api, cloud.Policies.Api) }.Any(worker =>
                {
                    var plan = new FirewallPlan(worker.Item1, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6);
                    plan.Replace(worker.Item2);
                    plan.Observe(IpFamily.V4, kernel.Saved);
                    return plan.Pending(IpFamily.V4).Length > 0;
                }),
                $"{string.Join('\n', listing.Chains.Where(chain => chain.Differs))}\n{kernel.Saved}");
        },
        iter: Runs);

    [Fact]
    public void Damaged_native_tables_differ_when_a_daemon_would_repair_them() => Gen.Select(CloudGen.Clouds, Damages).Sample(
        (cloud, damages) =>
        {
            var settings = cloud.Settings with { NetfilterBackend = NetfilterBackend.Nftables };
            var kernel = new ModelKernel(cloud.Policies, settings);
            foreach (var damage in damages)
            {
                Damage(kernel.Image, damage);
            }

            var listing = kernel.List(cloud.Policies, settings);
            listing.Differs.Should().Be(
                new (INftLayout Layout, IReadOnlyList<Bridgehead.Rules.Policy> Policies)[]
                {
                    (new NetworkLayout(settings.RuleProfile), cloud.Policies.Network), (new ComputeLayout(settings.UseIpv6), cloud.Policies.Compute), (new GuardLayout(settings.UseIpv6), [.. cloud.Policies.Ports]),
                }.Any(worker =>
                {
                    var plan = new NftPlan(worker.Layout, NftModel.PrintOf);
                    plan.Replace(worker.Policies);
                    plan.Observe(kernel.Image);
                    return plan.Pending().Count > 0;
                }),
                string.Join('\n', listing.Chains.Where(chain => chain.Differs)));
        },
        iter: Runs);

    /// <summary>Rules of chains of ours go, come twice, change places, or are joined by another; a chain goes with its rules; a stranger's rule comes to the top of a built-in chain.</summary>
    private static string Damage(string saved, (int What, int Where, int To) damage)
    {
        var lines = saved.Split('\n').ToList();
        var rules = Enumerable.Range(0, lines.Count).Where(i => lines[i].Contains("-A ", StringComparison.Ordinal) && lines[i].Contains("nova", StringComparison.Ordinal)).ToList();
        if (rules.Count == 0)
        {
            return saved;
        }

        var (from, to) = (rules[damage.Where % rules.Count], rules[damage.To % rules.Count]);
        var chain = lines[from].Split(' ')[2];
        switch (damage.What)
        {
            case 0:
                lines.RemoveAt(from);
                break;
            case 1:
                lines.Insert(to, lines[from]);
                break;
            case 2 when lines[to].Split(' ')[2] == chain:
                (lines[from], lines[to]) = (lines[to], lines[from]);
                break;
            case 3:
                lines.Insert(from, $"[0:0] -A {chain} -s 192.0.2.{damage.To % 200}/32 -j RETURN");
                break;
            case 4 when chain.StartsWith("nova", StringComparison.Ordinal):
                lines.RemoveAll(line => line.StartsWith($":{chain} ", StringComparison.Ordinal) || line.Contains($"-A {chain} ", StringComparison.Ordinal));
                break;
            case 5:
                lines.Insert(lines.IndexOf("COMMIT"), ":nova-compute-inst-99 - [0:0]");
                break;
        }

        return string.Join('\n', lines);
    }

    private static void Damage(NftImage image, (int What, int Where, int To) damage)
    {
        var chains = image.Chains.Where(chain => chain.Value.Rules.Count > 0).Select(chain => chain.Value.Rules).ToList();
        var sets = image.Sets.Where(set => set.Value.Elements.Count > 0).ToList();
        var (id, (set, elements)) = sets.Count > 0 ? sets[damage.Where % sets.Count] : default;
        switch (damage.What)
        {
            case 0 when chains.Count > 0:
                var shorter = chains[damage.Where % chains.Count];
                shorter.RemoveAt(damage.To % shorter.Count);
                break;
            case 1 when chains.Count > 0:
                chains[damage.Where % chains.Count].Insert(0, new NftObservedRule("Ip ip saddr 192.0.2.1 drop # by hand", 9000 + (ulong)damage.To));
                break;
            case 2 when chains.Count > 0:
                chains[damage.Where % chains.Count].Reverse();
                break;
            case 3 when elements is not null:
                elements.Remove(elements.Keys.ElementAt(damage.To % elements.Count));
                break;
            case 4 when set is not null && elements is not null:
                var (key, data) = elements.First();
                elements[key] = data.Value is { } value && set.Data == NftType.Mark ? NftData.Of(NftValue.Mark(7)) : data;
                break;
            case 5 when set is not null:
                image.Sets[id] = (set with { Counter = !set.Counter }, elements);
                break;
        }
    }
}
