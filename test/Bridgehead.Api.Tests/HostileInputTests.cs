using System.Net.Http.Headers;
using System.Text;
using AwesomeAssertions;
using CsCheck;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>
/// Requests that are nearly right, at every route: never the server's failure, never a hang, a refusal is always OpenStack's and leaves the whole database as it was. Each begins with the same
/// database, so that a failure is told by its numbers alone.
/// </summary>
public sealed class HostileInputTests(HostileInputTests.World cloud) : IClassFixture<HostileInputTests.World>
{
    private const int Trials = 10_000;

    [Fact]
    public async Task A_request_that_is_nearly_right_never_breaks_the_server_and_never_changes_anything_when_it_is_refused()
    {
        var templates = await cloud.TemplatesAsync();
        using var watch = cloud.Watch();
        string?[] tokens = [cloud.Admin, cloud.Admin, cloud.Admin, cloud.Admin, cloud.Stranger, cloud.Stranger, cloud.Reader, cloud.Expired, "garbage\u00e9", new string('x', 600), null];
        var (done, refused, codes) = (new HashSet<Route>(), new HashSet<Route>(), new HashSet<int>());
        var trials = Gen.Select(Gen.Int[0, templates.Count - 1], Gen.Int[0, Bending.Count - 1], Gen.Int[0, 10_000], Gen.Int[0, 10_000], Gen.Int[0, tokens.Length - 1]);
        await trials.SampleAsync(
            async (which, way, at, by, token) =>
            {
                var template = templates[which];
                var raw = new Raw(template.Route.Method, template.Path, template.Body is null ? null : Encoding.UTF8.GetBytes(template.Body), tokens[token]) { Version = template.Version };
                var answer = await cloud.TryAsync(watch, Bending.Bend(raw, template.Route, way, at, by));
                (answer.Code < 400 ? done : refused).Add(template.Route);
                codes.Add(answer.Code);
            },
            iter: Trials,
            threads: 1);

        // A test whose every request is refused at the door would tell nothing.
        var routes = templates.Select(template => template.Route).Distinct().Count();
        refused.Union(done).Should().HaveCount(routes);
        done.Count.Should().BeGreaterThan(routes / 2);
        codes.Should().Contain([400, 401, 403, 404, 405, 406, 414]);
    }

    [Fact]
    public async Task What_a_route_gives_as_an_example_is_not_malformed()
    {
        using var watch = cloud.Watch();
        foreach (var template in (await cloud.TemplatesAsync()).Where(template => template.Route.Example is not null && !template.Path.Contains($"/{Requests.Nothing}")))
        {
            var raw = new Raw(template.Route.Method, template.Path, Encoding.UTF8.GetBytes(template.Body!), cloud.Admin) { Version = template.Version, MediaType = template.Route.Media ?? "application/json" };
            (await cloud.TryAsync(watch, raw)).Text.Should().NotContainAny(["Malformed", "Invalid input for field", "required property", "Additional properties", "Unsupported Content-Type"], $"this is what the documentation shows: {raw}");
        }
    }

    /// <summary>The cloud, and one client that sends exactly what it is told.</summary>
    public sealed class World : InhabitedCloud
    {
        /// <summary>A token of yesterday's.</summary>
        public string Expired { get; private set; } = "";

        public StoreWatch Watch() => new(Folder);

        public async Task<List<Template>> TemplatesAsync() => [.. await new Requests(this).AllAsync(), .. MoreRequests.Of(this)];

        public async Task<Answer> TryAsync(StoreWatch watch, Raw raw)
        {
            var answer = await SendAsync(raw);
            (answer.Code < 500 || answer.Code == 501).Should().BeTrue($"{raw} was answered {answer.Code} {answer.Text} {Log.Lines.LastOrDefault(line => line.StartsWith("Error", StringComparison.Ordinal))}");
            if (answer.Code >= 400)
            {
                Refused(raw, answer);
                watch.IsChanged().Should().BeFalse($"{raw} was refused with {answer.Code} {answer.Text}");
            }

            watch.Restore();
            return answer;
        }

        protected override async Task InhabitAsync()
        {
            await base.InhabitAsync();
            Expired = await MemberAsync("of old");
            using var watch = Watch();
            watch.Execute("update tokens set expires_at = 1 where user_id = (select id from users where name = 'of old')");
        }

        private static void Refused(Raw raw, Answer answer)
        {
            var isNoRequest = answer.Header("x-openstack-request-id").Length == 0;
            if (isNoRequest)
            {
                // What is no HTTP request the web server refuses before anybody knows whose it is.
                (answer.Code is 414 or 400 && (raw.Target.Length > 60_000 || raw.Target.Contains("%00"))).Should().BeTrue($"{raw} was answered {answer.Code} by nobody");
            }
            else if (raw.Method != "HEAD")
            {
                try
                {
                    RefusalTests.Check(answer, answer.Code);
                }
                catch (Exception problem)
                {
                    throw new InvalidOperationException($"{raw} was answered {answer.Code} {answer.Text}", problem);
                }
            }
        }

        private async Task<Answer> SendAsync(Raw raw)
        {
            using var request = new HttpRequestMessage(
                new HttpMethod(raw.Method), new Uri($"{Client.BaseAddress!.GetLeftPart(UriPartial.Authority)}{raw.Target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            if (raw.Body is not null)
            {
                request.Content = new ByteArrayContent(raw.Body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", raw.MediaType);
            }

            Add(request.Headers, "X-Auth-Token", raw.Token);
            Add(request.Headers, "OpenStack-API-Version", raw.Version is null ? null : $"compute {raw.Version}");
            if (raw.Target.StartsWith("/identity/v3/auth/tokens", StringComparison.Ordinal))
            {
                Add(request.Headers, "X-Subject-Token", Stranger);
            }

            var message = await Client.SendAsync(request, TestContext.Current.CancellationToken);
            return new Answer(message.StatusCode, await message.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), message);
        }

        private static void Add(HttpRequestHeaders headers, string name, string? value)
        {
            if (value is not null)
            {
                headers.TryAddWithoutValidation(name, value);
            }
        }

        /// <summary>Headers are sent in UTF-8, which is what a careless client does.</summary>
        protected override HttpMessageHandler Handler() => new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
    }
}
