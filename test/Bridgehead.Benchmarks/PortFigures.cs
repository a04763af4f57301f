using System.Globalization;
using System.Text.Json;
using Bridgehead.Netlink;

namespace Bridgehead.Benchmarks;

/// <summary>A host in a sandbox with few ports and with many: how long a boot takes, and how long it is from a request for a rule to the rule in the kernel, for the group that all are in.</summary>
internal static class PortFigures
{
    private const int Few = 10;

    /// <summary>A bridge of the kernel's has 1,023 ports at most.</summary>
    private const int Many = 1000;
    private const int Requests = 100;

    public static async Task RunAsync(bool native)
    {
        await CloudClient.RunAsync("nova-manage", ["network", "create", "bench", "10.64.0.0/16"]);
        using var cloud = await CloudClient.LoginAsync();
        var early = await BootAsync(cloud, "p", Few);
        var few = await RulesAsync(cloud, native);
        var earlyFloor = native ? 0 : await BareAsync(9, 0);
        await BootAsync(cloud, "q", Many - (2 * Few));
        var late = await BootAsync(cloud, "r", Few);
        var many = await RulesAsync(cloud, native);
        if (!native)
        {
            new Row($"a boot with about {Few} ports on the host, beside the bare tools", early, "ms", earlyFloor).Print();
            new Row($"a boot with about {Many} ports on the host, beside the bare tools", late, "ms", await BareAsync(9, 100)).Print();
        }

        new Row($"a boot with {Many} ports on the host, beside {Few}", late, "ms", early, new Target(MostRatio: 2)).Print();
        foreach (var ((kind, small), (_, large)) in few.Zip(many))
        {
            Print(native, kind, small, large);
        }
    }

    private static void Print(bool native, string kind, List<double> few, List<double> many)
    {
        new Row($"request to rule, {kind}, {Many} instances: p50", many.Median(), "ms", null, native ? new Target(Most: 5) : null).Print();
        new Row($"  with {Few} instances, beside {Many}: p50", few.Median(), "ms", many.Median(), native ? new Target(LeastRatio: 0.67) : null).Print();
        new Row($"  p99 with {Many} instances, beside {Few}", many.Percentile(99), "ms", few.Percentile(99)).Print();
    }

    private static async Task<double> BootAsync(CloudClient cloud, string name, int count) =>
        (await Samples.TakeAsync(count, number => Samples.TimeAsync(() => cloud.BootAsync($"{name}{number}")))).Median();

    private static async Task<IReadOnlyList<(string Kind, List<double> Times)>> RulesAsync(CloudClient cloud, bool native)
    {
        using var latency = new RuleLatency(change => change.Message is NftMessage.NewElement or NftMessage.NewRule or NftMessage.DeleteElement or NftMessage.DeleteRule && (native
            ? change.Name.StartsWith("ports-", StringComparison.Ordinal) || change.Name.StartsWith("from-", StringComparison.Ordinal) || change.Name.StartsWith("sg-", StringComparison.Ordinal)
            : change.Name.StartsWith("nova-compute-inst-", StringComparison.Ordinal)));
        var group = (await cloud.GetAsync("/os-security-groups")).GetProperty("security_groups")[0].GetProperty("id").ToString();
        return
        [
            ("one port from anywhere", await RulesAsync(cloud, latency, port => Body(group, port, port, "0.0.0.0/0"))),
            ("ports from a prefix", await RulesAsync(cloud, latency, port => Body(group, port, port + 5, "192.0.2.0/24"))),
        ];
    }

    private static Task<List<double>> RulesAsync(CloudClient cloud, RuleLatency latency, Func<int, string> body) => Samples.TakeAsync(Requests, async number =>
    {
        var rule = default(JsonElement);
        var time = await latency.MeasureAsync(async () => rule = await cloud.PostAsync("/os-security-group-rules", body(7000 + number)));
        await latency.MeasureAsync(() => cloud.DeleteAsync($"/os-security-group-rules/{rule.GetProperty("security_group_rule").GetProperty("id")}"));
        return time;
    });

    private static string Body(string group, int from, int to, string cidr) => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"security_group_rule":{"parent_group_id":"{{{group}}}","ip_protocol":"tcp","from_port":{{{from}}},"to_port":{{{to}}},"cidr":"{{{cidr}}}"}}""");

    /// <summary>A port with the bare tools: tap, chain, guard.</summary>
    private static async Task<double> BareAsync(int count, int first) => (await Samples.TakeAsync(count, async number =>
    {
        var n = first + number;
        var time = await CloudClient.RunAsync("ip", ["-batch", "-"], $"tuntap add dev bare{n} mode tap\nlink set dev bare{n} master br100 up\n");
        time += await CloudClient.RunAsync("iptables-restore", ["--noflush"], $"*filter\n:bare-{n} - [0:0]\n-A bare-{n} -s 10.64.0.0/16 -j ACCEPT\n-A bare-{n} -j nova-compute-sg-fallback\n-A nova-compute-local -d 203.0.113.{n}/32 -j bare-{n}\nCOMMIT\n");
        return time + await CloudClient.RunAsync("nft", ["-f", "-"], $"add element bridge bridgehead_l2 taps {{ \"bare{n}\" }}\n");
    })).Median();
}
