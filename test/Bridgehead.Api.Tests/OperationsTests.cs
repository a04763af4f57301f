using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>What operators see: figures, and a line for each request.</summary>
public sealed class OperationsTests(InhabitedCloud cloud) : IClassFixture<InhabitedCloud>
{
    private const string V = "/compute/v2.1";

    [Fact]
    public async Task Requests_are_counted_by_method_route_and_status()
    {
        const string Shown = """bridgehead_api_requests_total{method="GET",route="/compute/v2.1/servers/{id}",status="200"}""";
        const string Missing = """bridgehead_api_requests_total{method="GET",route="/compute/v2.1/servers/{id}",status="404"}""";
        var before = await FiguresAsync();
        await cloud.GetAsync($"{V}/servers/{cloud.Owned}");
        await cloud.GetAsync($"{V}/servers/{Guid.NewGuid()}");
        await cloud.GetAsync($"{V}/servers/{Guid.NewGuid()}");
        var after = await FiguresAsync();
        (after[Shown] - before.GetValueOrDefault(Shown)).Should().Be(1);
        (after[Missing] - before.GetValueOrDefault(Missing)).Should().Be(2);
        after["""bridgehead_api_request_seconds_count{method="GET",route="/compute/v2.1/servers/{id}"}"""].Should().BeGreaterThanOrEqualTo(3);
        after["bridgehead_api_requests_in_flight"].Should().BeGreaterThanOrEqualTo(1, "this very request is under way");
        after["bridgehead_api_token_seconds_count"].Should().BeGreaterThan(before["bridgehead_api_token_seconds_count"]);
    }

    [Fact]
    public async Task Paths_and_methods_that_are_none_share_one_label()
    {
        foreach (var path in new[] { "/nothing/a", "/nothing/b", $"{V}/nothing" })
        {
            await cloud.SendAsync("BREW", path, null);
        }

        var figures = await FiguresAsync();
        figures["""bridgehead_api_requests_total{method="other",route="none",status="404"}"""].Should().BeGreaterThanOrEqualTo(3);
        figures.Keys.Should().NotContain(name => name.Contains("nothing") || name.Contains("BREW"));
    }

    [Fact]
    public async Task A_histogram_adds_up()
    {
        await cloud.GetAsync($"{V}/flavors");
        var text = (await cloud.GetAsync("/metrics", token: null)).Text;
        const string Of = "{method=\"GET\",route=\"/compute/v2.1/flavors\"";
        var buckets = text.Split('\n').Where(line => line.StartsWith($"bridgehead_api_request_seconds_bucket{Of}", StringComparison.Ordinal)).Select(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)).ToList();
        buckets.Should().BeInAscendingOrder().And.HaveCountGreaterThan(10);
        text.Should().Contain($"bridgehead_api_request_seconds_count{Of}}} {buckets[^1]}\n");
    }

    /// <summary>Whoever reads the figures without a token learns no name of a thing, a project or a user.</summary>
    [Fact]
    public async Task Figures_name_no_one()
    {
        await cloud.GetAsync($"{V}/servers/{cloud.Owned}", cloud.Stranger);
        var answer = await cloud.GetAsync("/metrics", token: null);
        answer.Message.Content.Headers.ContentType!.ToString().Should().Be("text/plain; version=0.0.4; charset=utf-8");
        answer.Text.Should().NotContain($"{cloud.Owned}").And.NotContain("stranger").And.NotContain(cloud.Stranger);
        answer.Text.Should().NotMatchRegex("[0-9a-f]{32}");
    }

    [Fact]
    public async Task Every_line_of_the_figures_is_one_that_Prometheus_reads()
    {
        var line = new Regex("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? (-?[0-9][0-9.eE+-]*))$""", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        var text = (await cloud.GetAsync("/metrics", token: null)).Text;
        text.TrimEnd('\n').Split('\n').Where(l => !line.IsMatch(l)).Should().BeEmpty();
        var families = text.Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]).ToList();
        families.Should().OnlyHaveUniqueItems().And.Contain(["process_resident_memory_bytes", "process_cpu_seconds_total", "bridgehead_store_seconds", "bridgehead_store_connections"]);
    }

    [Fact]
    public async Task Other_daemons_tell_their_figures_on_a_port_of_their_own()
    {
        await using var server = await MetricsServer.StartAsync(cloud.Settings, TimeProvider.System, cloud.Log, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{server.Bound}") };
        (await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Should().Contain("process_uptime_seconds");
        (await client.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Each_request_has_a_line_with_who_what_and_how_long()
    {
        var answer = await cloud.GetAsync($"{V}/servers/{cloud.Owned}?secret=of-the-query");
        var id = answer.Header("x-openstack-request-id");
        var line = LineOf(id);
        line.Should().MatchRegex($@"^Debug {id} GET {V}/servers/{cloud.Owned} route {Regex.Escape(V)}/servers/\{{id\}} status 200 [0-9.]+ ms user [0-9a-f]{{32}} project [0-9a-f]{{32}} global -$");
    }

    [Theory]
    [InlineData("req-3f0c3a1e-7d24-4b8e-9a31-2c6f0e8d4b17", true)]
    [InlineData("3f0c3a1e-7d24-4b8e-9a31-2c6f0e8d4b17", false)]
    [InlineData("req-nonsense", false)]
    public async Task A_clients_own_request_id_is_told_when_it_is_one(string global, bool isOne)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{V}/flavors");
        request.Headers.Add("X-Auth-Token", cloud.Admin);
        request.Headers.Add("X-Openstack-Request-Id", global);
        var answer = await cloud.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var id = answer.Headers.GetValues("x-openstack-request-id").Single();
        id.Should().NotBe(global);
        LineOf(id).Should().EndWith($"global {(isOne ? global : "-")}");
    }

    [Fact]
    public async Task Nobody_writes_lines_of_their_own_into_the_log_and_no_secret_is_in_it()
    {
        var answer = await cloud.GetAsync($"{V}/servers/a%0Ab%1Bc");
        LineOf(answer.Header("x-openstack-request-id")).Should().Contain("/servers/a%0Ab%1Bc ");
        await cloud.SendAsync("POST", "/identity/v3/auth/tokens", Cloud.LoginBody("admin", Cloud.Password, "admin"), token: null);
        cloud.Log.Lines.Should().NotContain(line => line.Contains(Cloud.Password) || line.Contains(cloud.Admin) || line.Contains('\n') || line.Contains("of-the-query"));
    }

    /// <summary>The line is written when the answer is out; it may be a moment behind the client.</summary>
    private string LineOf(string id)
    {
        string? line = null;
        SpinWait.SpinUntil(() => (line = cloud.Log.Lines.FirstOrDefault(l => l.Contains(id))) is not null, TimeSpan.FromSeconds(10)).Should().BeTrue();
        return line!;
    }

    private async Task<Dictionary<string, double>> FiguresAsync()
    {
        // Counted when the answer is out: this one comes behind those before it on the same connection, but not surely behind their counting.
        var figures = new Dictionary<string, double>();
        foreach (var line in (await SettledAsync()).Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            figures[line[..line.LastIndexOf(' ')]] = double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }

        return figures;
    }

    /// <summary>The figures when no request but this is under way; the class's tests come one after the other.</summary>
    private async Task<string> SettledAsync()
    {
        while (true)
        {
            var text = (await cloud.GetAsync("/metrics", token: null)).Text;
            if (text.Contains("bridgehead_api_requests_in_flight 1\n"))
            {
                return text;
            }
        }
    }
}
