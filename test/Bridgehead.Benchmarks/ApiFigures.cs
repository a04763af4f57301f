namespace Bridgehead.Benchmarks;

/// <summary>The API under load: a page of a project's servers with many in the store, and what a token's check costs.</summary>
internal static class ApiFigures
{
    private const int Servers = 1000;
    private const int Page = 50;
    private const int Clients = 8;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    public static async Task RunAsync()
    {
        await CloudClient.RunAsync("nova-manage", ["network", "create", "bench", "10.64.0.0/16"]);
        using var cloud = await CloudClient.LoginAsync();
        await FillAsync(cloud);
        var path = $"/servers/detail?limit={Page}";
        Require((await cloud.GetAsync(path)).GetProperty("servers").GetArrayLength() == Page, "the page is full");
        var page = await Wrk.RunAsync(cloud.Url(path), Clients, Time, cloud.Token);
        new Row($"GET /servers/detail, {Page} of {Servers} servers, {Clients} clients: p50", page.P50, "ms").Print();
        new Row("  p99", page.P99, "ms", null, new Target(Most: 20)).Print();
        new Row("  requests", page.PerSecond, "/s").Print();
        await TokenAsync(cloud);
    }

    /// <summary>One client, so that nothing waits: the same route refused for want of a token, and answered.</summary>
    private static async Task TokenAsync(CloudClient cloud)
    {
        var url = cloud.Url("/extensions/os-consoles");
        var (with, without) = (new List<double>(), new List<double>());
        for (var round = 0; round < 5; round++)
        {
            without.Add((await Wrk.RunAsync(url, 1, TimeSpan.FromSeconds(2), refused: true)).P50);
            with.Add((await Wrk.RunAsync(url, 1, TimeSpan.FromSeconds(2), cloud.Token)).P50);
        }

        new Row("a request that is little more than its token's check, beside one without a token", with.Median(), "ms", without.Median()).Print();
        new Row("  what the check adds", with.Median() - without.Median(), "ms", null, new Target(Most: 0.2)).Print();
    }

    private static async Task FillAsync(CloudClient cloud)
    {
        for (var made = 0; made < Servers; made += Page)
        {
            await cloud.PostAsync("/servers", $$$"""{"server":{"name":"s{{{made}}}","imageRef":"{{{cloud.Image}}}","flavorRef":"1","min_count":{{{Page}}},"max_count":{{{Page}}},"metadata":{"role":"web" } } }""");
        }

        while ((await cloud.GetAsync("/servers?status=BUILD&limit=1")).GetProperty("servers").GetArrayLength() > 0)
        {
            await Task.Delay(100);
        }

        Require((await cloud.GetAsync("/servers?status=ERROR&limit=1")).GetProperty("servers").GetArrayLength() == 0, "every server boots");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"it does not hold that {what}");
        }
    }
}
