using System.Diagnostics;

namespace Bridgehead.Benchmarks;

/// <summary>Many boots at once through the API, of real instances: when each is ACTIVE, and that no address is given twice.</summary>
internal static class BootFigures
{
    private const int Boots = 100;

    public static async Task RunAsync()
    {
        await CloudClient.RunAsync("nova-manage", ["network", "create", "bench", "10.64.0.0/16"]);
        using var cloud = await CloudClient.LoginAsync();
        await cloud.BootAsync("first");
        var clock = Stopwatch.StartNew();
        var accepted = new double[Boots];
        await Task.WhenAll(Enumerable.Range(0, Boots).Select(async number =>
        {
            await cloud.PostAsync("/servers", $$$"""{"server":{"name":"b{{{number}}}","imageRef":"{{{cloud.Image}}}","flavorRef":"1"}}""");
            accepted[number] = clock.Elapsed.TotalMilliseconds;
        }));
        var active = await ActiveAsync(cloud, clock);
        new Row($"{Boots} boots at once: the last is accepted", accepted.Max(), "ms").Print();
        new Row("  the first is ACTIVE", active.Min(), "ms").Print();
        new Row("  half of them are", active.Median(), "ms").Print();
        new Row("  the last is", active.Max(), "ms").Print();
        new Row("  distinct addresses", await AddressesAsync(cloud), "", null, new Target(Least: Boots, Most: Boots)).Print();
    }

    /// <summary>Looks every 20 ms until all are; the time of each.</summary>
    private static async Task<IReadOnlyCollection<double>> ActiveAsync(CloudClient cloud, Stopwatch clock)
    {
        var active = new Dictionary<string, double>();
        while (active.Count < Boots)
        {
            await Task.Delay(20);
            if ((await cloud.GetAsync("/servers?status=ERROR&limit=1")).GetProperty("servers").GetArrayLength() > 0)
            {
                throw new InvalidOperationException("a server did not boot");
            }

            foreach (var server in (await cloud.GetAsync("/servers?status=ACTIVE&name=^b")).GetProperty("servers").EnumerateArray())
            {
                active.TryAdd(server.GetProperty("id").GetString()!, clock.Elapsed.TotalMilliseconds);
            }
        }

        return active.Values;
    }

    private static async Task<int> AddressesAsync(CloudClient cloud) => (await cloud.GetAsync("/servers/detail?name=^b")).GetProperty("servers").EnumerateArray()
        .Select(server => server.GetProperty("addresses").GetProperty("bench")[0].GetProperty("addr").GetString()).Distinct().Count();
}
