using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>createImage and createBackup up to where the server's host takes over.</summary>
public sealed class CreateImageTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task The_image_is_queued_and_says_where_it_is_from()
    {
        var (token, project) = await cloud.ProjectAsync("snapper");
        var original = await cloud.ActiveImageAsync("original", more: ""","hw":"virtio","min_ram":64""", token: token);
        var made = await cloud.PostAsync("/compute/v2.1/servers", $$$"""{"server":{"name":"source","imageRef":"{{{original}}}","flavorRef":"1"}}""", token);
        var server = made.Json.GetProperty("server").GetProperty("id").GetGuid();
        RefusalTests.Check(await AskAsync(server, """{"name":"early"}""", token), 409);
        await cloud.ActivateAsync(server);

        var asked = await AskAsync(server, """{"name":"copy","metadata":{"colour":"red"}}""", token);
        asked.Code.Should().Be(202);
        asked.Text.Should().BeEmpty();
        var id = Guid.Parse(asked.Header("Location").Split('/')[^1]);
        asked.Header("Location").Should().Be($"{cloud.Client.BaseAddress}image/v2/images/{id}");
        var image = await cloud.ShowImageAsync(id, token);
        foreach (var (name, value) in new[]
        {
            ("name", "copy"), ("status", "queued"), ("visibility", "private"), ("owner", project), ("colour", "red"), ("hw", "virtio"), ("image_type", "snapshot"),
            ("instance_uuid", $"{server}"), ("base_image_ref", $"{original}"), ("disk_format", "raw"), ("container_format", "bare"),
        })
        {
            image.GetProperty(name).GetString().Should().Be(value, name);
        }

        image.GetProperty("min_ram").GetInt32().Should().Be(64);
        var shown = (await cloud.GetAsync($"/compute/v2.1/servers/{server}", token)).Json.GetProperty("server");
        shown.GetProperty("OS-EXT-STS:task_state").GetString().Should().Be("image_snapshot");
        shown.GetProperty("status").GetString().Should().Be("ACTIVE");
        (await cloud.Store.ReadAsync(s => s.Snapshots.OnHostAsync(Cloud.ComputeHost, default), default)).Should().ContainSingle(s => s.ImageId == id && s.InstanceUuid == server);
        RefusalTests.Check(await AskAsync(server, """{"name":"second"}""", token), 409);
        (await cloud.GetAsync($"/compute/v2.1/servers/{server}/os-instance-actions", token)).Text.Should().Contain("createImage");
    }

    [Theory]
    [InlineData(VmState.Active)]
    [InlineData(VmState.Stopped)]
    [InlineData(VmState.Paused)]
    [InlineData(VmState.Suspended)]
    public async Task A_backup_says_of_which_kind_it_is_whatever_the_user_says(string state)
    {
        var server = await cloud.BootAsync("backed-up");
        await cloud.WriteAsync(async s =>
        {
            var i = (await s.Instances.FindAsync(server, default))! with { VmState = state, TaskState = null, Running = state != VmState.Stopped, Frozen = state is VmState.Paused or VmState.Suspended ? state : null };
            await s.Instances.SaveAsync(i, default);
            return default(Done);
        });
        var asked = await cloud.PostAsync(
            $"/compute/v2.1/servers/{server}/action", """{"createBackup":{"name":"b","backup_type":"daily","rotation":"3","metadata":{"image_type":"mine","backup_type":"yearly","instance_uuid":"another","colour":"red"}}}""");
        asked.Code.Should().Be(202, asked.Text);
        var id = Guid.Parse(asked.Header("Location").Split('/')[^1]);
        var image = await cloud.ShowImageAsync(id);
        foreach (var (name, value) in new[] { ("name", "b"), ("image_type", "backup"), ("backup_type", "daily"), ("instance_uuid", $"{server}"), ("colour", "red") })
        {
            image.GetProperty(name).GetString().Should().Be(value, name);
        }

        (await cloud.Store.ReadAsync(s => s.Snapshots.FindAsync(id, default), default))!.Rotation.Should().Be(3);
        (await cloud.GetAsync($"/compute/v2.1/servers/{server}")).Json.GetProperty("server").GetProperty("OS-EXT-STS:task_state").GetString().Should().Be("image_backup");
        RefusalTests.Check(await AskAsync(server, """{"name":"second"}""", "admin"), 409);
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"name":""}""", 400)]
    [InlineData("""{"name":5}""", 400)]
    [InlineData("""{"name":"a\nb"}""", 400)]
    [InlineData("""{"name":"a","metadata":"b"}""", 400)]
    [InlineData("""{"name":"a","metadata":{"":"b"}}""", 400)]
    [InlineData("""{"name":"a","metadata":{"k":5}}""", 400)]
    [InlineData("""{"name":"a","metadata":{"status":"active"}}""", 400)]
    [InlineData("""{"name":"a","metadata":{"visibility":"public"}}""", 400)]
    public async Task A_copy_that_cannot_be_named_so_is_refused(string body, int code)
    {
        var server = await cloud.BootAsync("refused");
        await cloud.ActivateAsync(server);
        RefusalTests.Check(await AskAsync(server, body, "admin"), code);
        (await cloud.Store.ReadAsync(s => s.Instances.FindAsync(server, default), default))!.TaskState.Should().BeNull();
    }

    [Fact]
    public async Task A_strangers_a_locked_and_an_overladen_one_are_refused()
    {
        var server = await cloud.BootAsync("mine");
        await cloud.ActivateAsync(server);
        RefusalTests.Check(await AskAsync(server, """{"name":"a"}""", await cloud.MemberAsync("thief")), 404);
        RefusalTests.Check(await AskAsync(Guid.NewGuid(), """{"name":"a"}""", "admin"), 404);
        var items = string.Join(',', Enumerable.Range(0, 129).Select(i => $"\"k{i}\":\"v\""));
        RefusalTests.Check(await AskAsync(server, $$$"""{"name":"a","metadata":{{{{items}}}}}""", "admin"), 403);

        var token = await cloud.MemberAsync("locker");
        var own = await cloud.BootAsync("locked", token: token);
        await cloud.ActivateAsync(own);
        await cloud.PostAsync($"/compute/v2.1/servers/{own}/action", """{"lock":null}""", token);
        RefusalTests.Check(await AskAsync(own, """{"name":"a"}""", token), 409);
    }

    private Task<Answer> AskAsync(Guid server, string body, string token) => cloud.PostAsync($"/compute/v2.1/servers/{server}/action", $$"""{"createImage":{{body}}}""", token);
}
