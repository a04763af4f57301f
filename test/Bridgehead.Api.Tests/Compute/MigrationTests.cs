using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>What is told of resizes: each from its beginning to how it ended.</summary>
public sealed class MigrationTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1";

    [Theory]
    [InlineData("confirmResize", "confirmed", "confirmed")]
    [InlineData("revertResize", "reverting", "reverted")]
    public async Task A_resize_is_told_of_from_its_beginning_to_its_end(string end, string then, string last)
    {
        var id = await cloud.BootAsync("resized");
        await DoneAsync(id);
        (await ListAsync($"instance_uuid={id}")).Should().BeEmpty();
        await DoAsync(id, """{"resize":{"flavorRef":"2"}}""");
        (await StatusAsync(id)).Should().Be("migrating");
        await DoneAsync(id);
        (await StatusAsync(id)).Should().Be("finished");
        await DoAsync(id, $$"""{"{{end}}":null}""");
        (await StatusAsync(id)).Should().Be(then);
        await DoneAsync(id);
        (await StatusAsync(id)).Should().Be(last);

        await DoAsync(id, $$$"""{"resize":{"flavorRef":"{{{(end == "confirmResize" ? 1 : 2)}}}"}}""");
        (await ListAsync($"instance_uuid={id}")).Select(m => m.GetProperty("status").GetString()).Should().Equal("migrating", last);
        await cloud.SendAsync("DELETE", $"{V}/servers/{id}", null);
        await cloud.WriteAsync(async s =>
        {
            await s.Instances.SaveAsync((await s.Instances.FindAsync(id, default))! with { VmState = VmState.Deleted }, default);
            return default(Done);
        });
        (await ListAsync($"instance_uuid={id}&status=confirmed")).Should().HaveCount(end == "confirmResize" ? 2 : 1);
    }

    [Fact]
    public async Task An_administrators_word_settles_it_or_says_that_it_went_wrong()
    {
        var id = await cloud.BootAsync("reset");
        await DoneAsync(id);
        await DoAsync(id, """{"resize":{"flavorRef":"2"}}""");
        await DoAsync(id, """{"os-resetState":{"state":"error"}}""");
        (await StatusAsync(id)).Should().Be("error");
        await DoAsync(id, """{"os-resetState":{"state":"active"}}""");
        (await StatusAsync(id)).Should().Be("confirmed");
    }

    [Fact]
    public async Task It_has_novas_fields_and_is_found_by_them()
    {
        var id = await cloud.BootAsync("fields");
        await DoneAsync(id);
        await DoAsync(id, """{"resize":{"flavorRef":"2"}}""");
        var migration = (await ListAsync($"instance_uuid={id}")).Should().ContainSingle().Subject;
        string[] fields = ["id", "status", "instance_uuid", "source_node", "source_compute", "dest_node", "dest_compute", "dest_host", "old_instance_type_id", "new_instance_type_id", "created_at", "updated_at"];
        migration.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo(fields);
        (migration.GetProperty("old_instance_type_id").GetInt32(), migration.GetProperty("new_instance_type_id").GetInt32()).Should().Be((1, 2));
        migration.GetProperty("dest_compute").GetString().Should().Be(Cloud.ComputeHost);
        (await ListAsync($"instance_uuid={id}", "2.23")).Single().EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo([.. fields, "migration_type"]);
        foreach (var (query, there) in new[]
        {
            ($"host={Cloud.ComputeHost}&status=migrating", true), ("host=elsewhere", false), ("status=confirmed", false), ("migration_type=resize", true), ("migration_type=live-migration", false),
        })
        {
            (await ListAsync($"instance_uuid={id}&{query}")).Should().HaveCount(there ? 1 : 0, query);
        }
    }

    [Fact]
    public async Task No_live_migration_is_under_way()
    {
        var id = await cloud.BootAsync("still");
        (await cloud.GetAsync($"{V}/servers/{id}/migrations", version: "2.23")).Text.Should().Be("""{"migrations":[]}""");
        RefusalTests.Check(await cloud.GetAsync($"{V}/servers/{id}/migrations/1", version: "2.23"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/servers/{id}/migrations", version: "2.22"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/servers/{Guid.NewGuid()}/migrations", version: "2.23"), 404);
        RefusalTests.Check(await cloud.GetAsync($"{V}/servers/{id}/migrations", await cloud.MemberAsync("mover"), "2.23"), 403);
    }

    private async Task<List<System.Text.Json.JsonElement>> ListAsync(string query, string? version = null) =>
        [.. (await cloud.GetAsync($"{V}/os-migrations?{query}", version: version)).Json.GetProperty("migrations").EnumerateArray()];

    private async Task<string?> StatusAsync(Guid id) => (await ListAsync($"instance_uuid={id}")).Should().ContainSingle().Subject.GetProperty("status").GetString();

    private async Task DoAsync(Guid id, string action) => (await cloud.PostAsync($"{V}/servers/{id}/action", action)).Code.Should().BeInRange(202, 204, action);

    /// <summary>Does what the host does.</summary>
    private Task DoneAsync(Guid id) => cloud.WriteAsync(async s =>
    {
        var i = (await s.Instances.FindAsync(id, default))!;
        await s.Instances.SaveAsync(i with { VmState = i.WantedState, TaskState = null, BootedGeneration = i.BootGeneration, MadeDiskGeneration = i.DiskGeneration }, default);
        return default(Done);
    });
}
