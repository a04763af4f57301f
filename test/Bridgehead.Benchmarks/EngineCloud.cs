using System.Net;
using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Benchmarks;

/// <summary>
/// Policies of a host with many instances: 20 instances to a distinct set of groups, each set one group of its own and the one that all share, 16 rules for each instance, a quarter of the
/// instances with floating addresses.
/// </summary>
internal sealed class EngineCloud(int instances)
{
    public const long Shared = 1;
    public const int PerSet = 20;
    public static readonly IPNetwork Range = Cidr.Parse("10.64.0.0/12");

    public int Instances => instances;

    public IReadOnlyList<Policy> Compute() =>
    [
        new Policy.ComputeHost(),
        Group(Shared),
        .. Enumerable.Range(0, (instances + PerSet - 1) / PerSet).Select(set => (Policy)Group(OwnGroup(set * PerSet))),
        .. Enumerable.Range(0, instances).Select(i => (Policy)Member(i)),
        .. Enumerable.Range(0, instances).Select(i => (Policy)Instance(i)),
    ];

    public IReadOnlyList<Policy> Network() =>
    [
        new Policy.NetworkHost(Ip.Parse("192.168.1.90"), 8775, new RangePolicy(Cidr.Parse("10.0.0.0/8"), Ip.Parse("192.168.1.90"), null, Ip.Parse("192.168.1.90"), [], [], false)),
        .. Enumerable.Range(0, instances / 4).Select(i => (Policy)Floating(i * 4)),
    ];

    public static Policy.InstanceFilter Instance(int number) => new(
        number + 1,
        new Guid(number, 0, 0, new byte[8]),
        [AddressOf(number)],
        [new InstanceSubnet(Range, Range.At(1), null)],
        [Shared, OwnGroup(number)],
        AllowSameNetTraffic: false);

    public static Policy.FloatingNat Floating(int number) => new(Cidr.Parse("172.24.0.0/16").At((UInt128)(number + 10)), AddressOf(number), null);

    /// <summary>Every instance is a member of the shared group, which each own group has as the source of a rule.</summary>
    public static Policy.GroupMember Member(int number) => new(Shared, "shared", new Guid(number, 0, 0, new byte[8]), [AddressOf(number)]);

    public static Policy.GroupRules Group(long id, params SecurityGroupRule[] more)
    {
        SecurityGroupRule[] ports = [.. new[] { 22, 80, 443, 8080, 9090 }.Select((port, i) => Rule(id, i, port, port, Cidr.AnyV4))];
        SecurityGroupRule[] ranges = [Rule(id, 5, 8000, 8100, Cidr.Parse("203.0.113.0/24")), Rule(id, 6, 5432, 5432, Cidr.Parse("198.51.100.0/24"))];
        SecurityGroupRule[] source = id == Shared ? [] : [Rule(id, 7, 3306, 3306, null) with { SourceGroupId = Shared }];
        return new Policy.GroupRules(id, $"g{id}", [.. ports, .. ranges, .. source, .. more]);
    }

    public static SecurityGroupRule Rule(long group, int number, int from, int to, IPNetwork? cidr) => new()
    {
        Id = (group * 100) + number,
        ParentGroupId = group,
        ProtocolText = "tcp",
        FromPort = from,
        ToPort = to,
        Cidr = cidr,
    };

    public static long OwnGroup(int number) => 100 + (number / PerSet);

    public static IPAddress AddressOf(int number) => Range.At((UInt128)(number + 10));
}
