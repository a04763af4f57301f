using System.Globalization;
using AwesomeAssertions;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>A database that is gone for a while: every route says so in its service's words, and nothing has to be restarted when it is back.</summary>
public sealed class StoreDownTests(StoreDownTests.World cloud) : IClassFixture<StoreDownTests.World>
{
    [Fact]
    public async Task While_the_database_cannot_be_read_every_route_answers_503_and_works_again_afterwards()
    {
        var templates = await new Requests(cloud).AllAsync();

        // A token that nobody has asked for yet: a remembered one could be believed for a moment.
        var token = await cloud.LoginAsync("admin", Cloud.Password, "admin");
        await cloud.BreakAsync();
        try
        {
            foreach (var template in templates.Where(template => template.Route.Access != Access.Anyone || template.Route.Pattern == "/healthz"))
            {
                await IsDownAsync(template.Route.Method, template.Path, template.Body, token, template.Version);
            }

            await IsDownAsync("POST", "/identity/v3/auth/tokens", Cloud.LoginBody("admin", Cloud.Password, "admin"), null, null);
            (await cloud.GetAsync("/metrics", token: null)).Code.Should().Be(200);
        }
        finally
        {
            cloud.Mend();
        }

        (await cloud.GetAsync("/healthz", token: null)).Code.Should().Be(200);
        (await cloud.GetAsync($"/compute/v2.1/servers/{cloud.Owned}")).Code.Should().Be(200);
        await cloud.BootAsync("after the fall");
        (await InUseAsync()).Should().Be(0);
    }

    [Fact]
    public async Task While_another_program_keeps_the_database_locked_reads_go_on_and_writes_end_with_503()
    {
        await using (var other = new SqliteConnection($"Data Source={cloud.File};Pooling=false"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = other.BeginTransaction(deferred: false);
            var write = cloud.PostAsync("/compute/v2.1/os-security-groups", """{"security_group":{"name":"locked","description":""}}""");
            do
            {
                (await cloud.GetAsync("/compute/v2.1/servers")).Code.Should().Be(200);
                (await cloud.GetAsync("/healthz", token: null)).Code.Should().Be(200);
            }
            while (!write.IsCompleted);
            RefusalTests.Check(await write, 503);
        }

        (await cloud.PostAsync("/compute/v2.1/os-security-groups", """{"security_group":{"name":"unlocked","description":""}}""")).Code.Should().Be(200);
        (await InUseAsync()).Should().Be(0);
    }

    private async Task IsDownAsync(string method, string path, string? body, string? token, string? version)
    {
        var answer = await cloud.SendAsync(method, path, body, token, version);
        answer.Code.Should().Be(503, $"of {method} {path}: {answer.Text}");
        if (method != "HEAD")
        {
            RefusalTests.Check(answer, 503);
        }
    }

    /// <summary>Connections in use by this program's stores, other classes' among them: looked at until none is.</summary>
    private async Task<double> InUseAsync()
    {
        const string Name = "bridgehead_store_connections ";
        double least = double.MaxValue;
        for (var look = 0; look < 2000 && least > 0; look++)
        {
            var text = (await cloud.GetAsync("/metrics", token: null)).Text;
            var line = text.Split('\n').Single(l => l.StartsWith(Name, StringComparison.Ordinal));
            least = Math.Min(least, double.Parse(line[Name.Length..], CultureInfo.InvariantCulture));
        }

        return least;
    }

    public sealed class World : InhabitedCloud
    {
        public string File => $"{Folder}/store.db";

        /// <summary>Puts garbage in the place of the database, and ends the connections that still have the old file.</summary>
        public Task BreakAsync()
        {
            SqliteConnection.ClearAllPools();
            foreach (var part in Parts())
            {
                System.IO.File.Move(part, part + ".away");
            }

            return System.IO.File.WriteAllBytesAsync(File, new byte[100_000].Select((_, i) => (byte)(i * 7)).ToArray());
        }

        public void Mend()
        {
            foreach (var part in Parts().Where(part => !part.EndsWith(".away", StringComparison.Ordinal)))
            {
                System.IO.File.Delete(part);
            }

            foreach (var part in Parts())
            {
                System.IO.File.Move(part, part[..^".away".Length]);
            }
        }

        private string[] Parts() => Directory.GetFiles(Folder, "store.db*");
    }
}
