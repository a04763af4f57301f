using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Tags, metadata, history, interfaces and measures of a server; and what each microversion and role sees of one.</summary>
public sealed class ServerPartTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string Servers = "/compute/v2.1/servers";
    private const string Tagged = "2.26";

    [Fact]
    public async Task Tags_are_set_one_by_one_and_together()
    {
        var tags = $"{Servers}/{await ActiveAsync()}/tags";
        var added = await cloud.SendAsync("PUT", $"{tags}/red", null, version: Tagged);
        added.Code.Should().Be(201);
        added.Header("Location").Should().EndWith("/tags/red");
        added.Text.Should().BeEmpty();
        (await cloud.SendAsync("PUT", $"{tags}/red", null, version: Tagged)).Code.Should().Be(204);
        (await cloud.GetAsync($"{tags}/red", version: Tagged)).Code.Should().Be(204);
        (await cloud.SendAsync("PUT", tags, """{"tags":["blue","green","blue"]}""", version: Tagged)).Text.Should().Be("""{"tags":["blue","green"]}""");
        RefusalTests.Check(await cloud.GetAsync($"{tags}/red", version: Tagged), 404);
        (await cloud.SendAsync("DELETE", $"{tags}/blue", null, version: Tagged)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{tags}/blue", null, version: Tagged), 404);
        (await cloud.SendAsync("DELETE", tags, null, version: Tagged)).Code.Should().Be(204);
        (await cloud.GetAsync(tags, version: Tagged)).Text.Should().Be("""{"tags":[]}""");
        RefusalTests.Check(await cloud.GetAsync(tags, version: "2.25"), 404);
    }

    [Fact]
    public async Task Tags_that_cannot_be_are_refused_and_change_nothing()
    {
        var tags = $"{Servers}/{await ActiveAsync()}/tags";
        (await cloud.SendAsync("PUT", $"{tags}/kept", null, version: Tagged)).Code.Should().Be(201);
        foreach (var body in (string[])["""{"tags":"red"}""", """{"tags":[1]}""", "{}", """{"tags":null}""", """{"tags":["a,b"]}""", """{"tags":["a/b"]}""", """{"tags":[""]}""", $$"""{"tags":["{{new string('x', 61)}}"]}""", """{"tags":[],"more":1}"""])
        {
            RefusalTests.Check(await cloud.SendAsync("PUT", tags, body, version: Tagged), 400);
        }

        RefusalTests.Check(await cloud.SendAsync("PUT", tags, $$"""{"tags":[{{string.Join(',', Enumerable.Range(0, 51).Select(i => $"\"{i}\""))}}]}""", version: Tagged), 400);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{tags}/{new string('x', 61)}", null, version: Tagged), 400);
        (await cloud.GetAsync(tags, version: Tagged)).Text.Should().Be("""{"tags":["kept"]}""");
        (await cloud.SendAsync("PUT", tags, $$"""{"tags":[{{string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"{i}\""))}}]}""", version: Tagged)).Code.Should().Be(200);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{tags}/more", null, version: Tagged), 400);
        (await cloud.SendAsync("PUT", $"{tags}/49", null, version: Tagged)).Code.Should().Be(204);
    }

    [Fact]
    public async Task Tags_of_a_server_that_is_being_built_or_of_others_are_left_alone()
    {
        var building = await cloud.BootAsync("building");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Servers}/{building}/tags/red", null, version: Tagged), 409);
        var stranger = await cloud.MemberAsync("tag-stranger");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Servers}/{building}/tags/red", null, stranger, Tagged), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Servers}/{building}/tags", stranger, Tagged), 404);
    }

    [Fact]
    public async Task Metadata_is_merged_replaced_and_kept_within_bounds()
    {
        var metadata = $"{Servers}/{await ActiveAsync()}/metadata";
        (await cloud.PostAsync(metadata, """{"metadata":{"a":"1","b":"2"}}""")).Text.Should().Be("""{"metadata":{"a":"1","b":"2"}}""");
        (await cloud.PostAsync(metadata, """{"metadata":{"b":"3","c":"4"}}""")).Text.Should().Be("""{"metadata":{"a":"1","b":"3","c":"4"}}""");
        (await cloud.SendAsync("PUT", metadata, """{"metadata":{"d":""}}""")).Text.Should().Be("""{"metadata":{"d":""}}""");
        foreach (var body in (string[])["{}", """{"metadata":[]}""", """{"metadata":{"":"x"}}""", """{"metadata":{"a":1}}""", """{"metadata":{"a":null}}""", """{"metadata":{"a/b":"x"}}""", $$$"""{"metadata":{"a":"{{{new string('x', 256)}}}"}}""", $$$"""{"metadata":{"{{{new string('x', 256)}}}":"a"}}"""])
        {
            RefusalTests.Check(await cloud.PostAsync(metadata, body), 400);
        }

        var many = string.Join(',', Enumerable.Range(0, 129).Select(i => $"\"k{i}\":\"v\""));
        RefusalTests.Check(await cloud.PostAsync(metadata, $$$"""{"metadata":{{{{many}}}}}"""), 403);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{metadata}/none", null), 404);
        RefusalTests.Check(await cloud.GetAsync($"{metadata}/none"), 404);
        (await cloud.GetAsync(metadata)).Text.Should().Be("""{"metadata":{"d":""}}""");
    }

    [Fact]
    public async Task The_history_tells_each_action_by_its_request_and_how_it_ended()
    {
        var member = await cloud.MemberAsync("historian");
        var id = await ActiveAsync(member);
        var stopped = await cloud.PostAsync($"{Servers}/{id}/action", """{"os-stop":null}""", member);
        var path = $"{Servers}/{id}/os-instance-actions";
        var one = $"{path}/{stopped.Header("x-compute-request-id")}";
        var action = (await cloud.GetAsync(one)).Json.GetProperty("instanceAction");
        action.GetProperty("action").GetString().Should().Be("stop");
        var running = action.GetProperty("events")[0];
        running.GetProperty("event").GetString().Should().Be("compute_stop_instance");
        running.GetProperty("finish_time").ValueKind.Should().Be(JsonValueKind.Null);

        await cloud.WriteAsync(s => s.ServerEvents.FinishAsync(id, "it broke", default));
        var ended = (await cloud.GetAsync(one)).Json.GetProperty("instanceAction");
        ended.GetProperty("message").GetString().Should().Be("Error");
        ended.GetProperty("events")[0].GetProperty("result").GetString().Should().Be("Error");
        ended.GetProperty("events")[0].GetProperty("traceback").GetString().Should().Be("it broke");
        (await cloud.GetAsync(one, member)).Json.GetProperty("instanceAction").TryGetProperty("events", out _).Should().BeFalse();

        RefusalTests.Check(await cloud.PostAsync($"{Servers}/{id}/action", """{"os-stop":null}""", member), 409);
        (await cloud.GetAsync(path, member)).Json.GetProperty("instanceActions").GetArrayLength().Should().Be(2, "what was refused was not done");
        RefusalTests.Check(await cloud.GetAsync($"{path}/req-none", member), 404);
    }

    [Fact]
    public async Task The_history_of_a_deleted_server_is_told_from_2_21_on()
    {
        var id = await ActiveAsync();
        (await cloud.SendAsync("DELETE", $"{Servers}/{id}", null)).Code.Should().Be(204);
        await cloud.WriteAsync(async s =>
        {
            await Store.InstanceRemoval.FinishDeleteAsync(s, (await s.Instances.FindAsync(id, default))!, default);
            return default(Done);
        });
        RefusalTests.Check(await cloud.GetAsync($"{Servers}/{id}/os-instance-actions", version: "2.20"), 404);
        var history = (await cloud.GetAsync($"{Servers}/{id}/os-instance-actions", version: "2.21")).Json.GetProperty("instanceActions");
        history.EnumerateArray().Select(a => a.GetProperty("action").GetString()).Should().Equal("delete", "create");
        RefusalTests.Check(await cloud.GetAsync($"{Servers}/{id}/os-instance-actions", await cloud.MemberAsync("no-historian"), "2.21"), 404);
    }

    [Fact]
    public async Task Diagnostics_are_what_the_host_answers()
    {
        var id = await ActiveAsync();
        var asked = cloud.GetAsync($"{Servers}/{id}/diagnostics");
        var answered = 0;
        while (answered == 0 && !asked.IsCompleted)
        {
            answered = await cloud.WriteAsync(s => s.Diagnostics.AnswerAsync(id, "cpu0_time 17\ntap0_rx 9000000000\n", default));
            await Task.Yield();
        }

        (await asked).Text.Should().Be("""{"cpu0_time":17,"tap0_rx":9000000000}""");
        RefusalTests.Check(await cloud.GetAsync($"{Servers}/{await cloud.BootAsync("unbooted")}/diagnostics"), 409);
        var member = await cloud.MemberAsync("diagnostician");
        RefusalTests.Check(await cloud.GetAsync($"{Servers}/{await ActiveAsync(member)}/diagnostics", member), 403);
    }

    [Fact]
    public async Task A_question_that_no_host_answers_leaves_nothing_behind()
    {
        var id = await ActiveAsync();
        RefusalTests.Check(await cloud.PostAsync($"{Servers}/{id}/action", """{"os-getConsoleOutput":{}}"""), 409);
        (await cloud.WriteAsync(s => s.Consoles.AnswerAsync(id, "too late", default))).Should().Be(0);
    }

    [Fact]
    public async Task Interfaces_are_shown_and_not_attached()
    {
        await cloud.NetworkAsync("ports", "10.61.0.0/24");
        var id = await ActiveAsync();
        var nics = (await cloud.GetAsync($"{Servers}/{id}/os-interface")).Json.GetProperty("interfaceAttachments");
        var port = nics.EnumerateArray().Single(n => n.GetProperty("fixed_ips")[0].GetProperty("ip_address").GetString()!.StartsWith("10.61.", StringComparison.Ordinal)).GetProperty("port_id").GetString();
        (await cloud.GetAsync($"{Servers}/{id}/os-interface/{port}")).Json.GetProperty("interfaceAttachment").GetProperty("port_id").GetString().Should().Be(port);
        RefusalTests.Check(await cloud.GetAsync($"{Servers}/{id}/os-interface/{Guid.NewGuid()}"), 404);
        RefusalTests.Check(await cloud.PostAsync($"{Servers}/{id}/os-interface", """{"interfaceAttachment":{}}"""), 501);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Servers}/{id}/os-interface/{port}", null), 501);
        (await cloud.GetAsync($"{Servers}/{id}/os-virtual-interfaces", version: "2.11")).Text.Should().NotContain("net_id");
        (await cloud.GetAsync($"{Servers}/{id}/os-virtual-interfaces", version: "2.12")).Text.Should().Contain("net_id");
        RefusalTests.Check(await cloud.GetAsync($"{Servers}/{id}/ips/nowhere"), 404);
    }

    [Fact]
    public async Task Each_key_is_shown_to_whom_and_from_when_nova_shows_it()
    {
        var member = await cloud.MemberAsync("viewer");
        var id = await ActiveAsync(member);
        foreach (var (version, token, key, there) in new[]
        {
            ("2.8", member, "locked", false), ("2.9", member, "locked", true), ("2.18", member, "description", false), ("2.19", member, "description", true),
            ("2.25", member, "tags", false), ("2.26", member, "tags", true), ("2.42", member, "host_status", false), ("2.15", "admin", "host_status", false), ("2.16", "admin", "host_status", true),
            ("2.1", member, "OS-EXT-SRV-ATTR:host", false), ("2.1", "admin", "OS-EXT-SRV-ATTR:host", true), ("2.2", "admin", "OS-EXT-SRV-ATTR:hostname", false),
            ("2.3", "admin", "OS-EXT-SRV-ATTR:hostname", true), ("2.1", member, "OS-DCF:diskConfig", true), ("2.1", member, "fault", false), ("2.1", member, "progress", true),
        })
        {
            (await cloud.GetAsync($"{Servers}/{id}", token, version)).Json.GetProperty("server").TryGetProperty(key, out _).Should().Be(there, $"{key} at {version}");
            var listed = (await cloud.GetAsync($"{Servers}/detail?{(token == "admin" ? "all_tenants=1&" : "")}tenant_id={(await FindAsync(id)).ProjectId}", token, version)).Json.GetProperty("servers")[0];
            listed.TryGetProperty(key, out _).Should().Be(there, $"{key} at {version} in a list");
        }

        (await cloud.GetAsync($"{Servers}/{id}", version: "2.16")).Json.GetProperty("server").GetProperty("host_status").GetString().Should().Be("UP");
    }

    [Fact]
    public async Task The_state_of_a_servers_host_is_told_to_administrators()
    {
        await cloud.WriteAsync(s => s.Services.BeatAsync("moody", Binaries.Compute, "nova", default));
        var id = await cloud.BootAsync("on-moody", ""","availability_zone":"nova:moody" """);
        async Task<string?> StatusAsync() => (await cloud.GetAsync($"{Servers}/{id}", version: "2.16")).Json.GetProperty("server").GetProperty("host_status").GetString();
        (await StatusAsync()).Should().Be("UP");
        await cloud.WriteAsync(s => s.Services.SetDisabledAsync("moody", Binaries.Compute, true, null, default));
        (await StatusAsync()).Should().Be("MAINTENANCE");
        await cloud.WriteAsync(s => s.Services.ForceDownAsync("moody", Binaries.Compute, true, default));
        (await StatusAsync()).Should().Be("DOWN");
    }

    [Fact]
    public async Task An_update_answers_without_what_only_shows_have()
    {
        var id = await ActiveAsync();
        var server = (await cloud.SendAsync("PUT", $"{Servers}/{id}", """{"server":{"name":"renamed","accessIPv4":"192.0.2.7","OS-DCF:diskConfig":"AUTO","description":"d"}}""", version: "2.19")).Json.GetProperty("server");
        server.GetProperty("name").GetString().Should().Be("renamed");
        server.GetProperty("OS-DCF:diskConfig").GetString().Should().Be("AUTO");
        server.GetProperty("description").GetString().Should().Be("d");
        server.TryGetProperty("OS-EXT-STS:vm_state", out _).Should().BeFalse();
        server.TryGetProperty("key_name", out _).Should().BeFalse();
        (await cloud.SendAsync("PUT", $"{Servers}/{id}", """{"server":{"description":null}}""", version: "2.19")).Json.GetProperty("server").GetProperty("description").ValueKind.Should().Be(JsonValueKind.Null);
        foreach (var body in (string[])["""{"server":{"description":"d"}}""", """{"server":{"name":" x"}}""", """{"server":{"name":""}}""", """{"server":{"colour":"red"}}""", """{"server":[]}""", """{"server":{"OS-DCF:diskConfig":"X"}}"""])
        {
            RefusalTests.Check(await cloud.SendAsync("PUT", $"{Servers}/{id}", body, version: "2.18"), 400);
        }
    }

    private async Task<Instance> FindAsync(Guid id) => (await cloud.Store.ReadAsync(s => s.Instances.FindAsync(id, default), default))!;

    private async Task<Guid> ActiveAsync(string token = "admin")
    {
        var id = await cloud.BootAsync("parts", token: token);
        await cloud.ActivateAsync(id);
        return id;
    }
}
