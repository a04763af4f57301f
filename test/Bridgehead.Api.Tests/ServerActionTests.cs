using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>What is done to servers, from which states, by whom; the host's part is done for it here.</summary>
public sealed class ServerActionTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string Servers = "/compute/v2.1/servers";

    [Theory]
    [InlineData("pause", VmState.Active, TaskState.Pausing, VmState.Paused, "PAUSED")]
    [InlineData("unpause", VmState.Paused, TaskState.Unpausing, VmState.Active, "ACTIVE")]
    [InlineData("suspend", VmState.Active, TaskState.Suspending, VmState.Suspended, "SUSPENDED")]
    [InlineData("resume", VmState.Suspended, TaskState.Resuming, VmState.Active, "ACTIVE")]
    [InlineData("os-stop", VmState.Active, TaskState.PoweringOff, VmState.Stopped, "SHUTOFF")]
    [InlineData("os-start", VmState.Stopped, TaskState.PoweringOn, VmState.Active, "ACTIVE")]
    public async Task An_action_leads_from_its_state_to_another(string action, string from, string task, string to, string status)
    {
        var id = await InAsync(from);
        (await DoAsync(id, $$"""{"{{action}}":null}""")).Code.Should().Be(202);
        var wish = await FindAsync(id);
        wish.TaskState.Should().Be(task);
        wish.WantedState.Should().Be(to);

        var again = await DoAsync(id, $$"""{"{{action}}":null}""");
        RefusalTests.Check(again, 409);
        again.Text.Should().Contain($"task_state {task}");
        await CarryOutAsync(id);
        (await ShowAsync(id)).GetProperty("status").GetString().Should().Be(status);
    }

    [Theory]
    [InlineData("""{"pause":null}""", VmState.Paused)]
    [InlineData("""{"pause":null}""", VmState.Stopped)]
    [InlineData("""{"unpause":null}""", VmState.Active)]
    [InlineData("""{"suspend":null}""", VmState.Suspended)]
    [InlineData("""{"resume":null}""", VmState.Active)]
    [InlineData("""{"os-start":null}""", VmState.Active)]
    [InlineData("""{"os-stop":null}""", VmState.Stopped)]
    [InlineData("""{"os-stop":null}""", VmState.Paused)]
    [InlineData("""{"reboot":{"type":"SOFT"}}""", VmState.Stopped)]
    [InlineData("""{"confirmResize":null}""", VmState.Active)]
    [InlineData("""{"revertResize":null}""", VmState.Active)]
    [InlineData("""{"resize":{"flavorRef":"2"}}""", VmState.Paused)]
    [InlineData("""{"rebuild":{"imageRef":"IMAGE"}}""", VmState.Paused)]
    [InlineData("""{"restore":null}""", VmState.Active)]
    [InlineData("""{"unshelve":null}""", VmState.Active)]
    [InlineData("""{"unrescue":null}""", VmState.Active)]
    [InlineData("""{"shelveOffload":null}""", VmState.Active)]
    [InlineData("""{"changePassword":{"adminPass":"x"}}""", VmState.Stopped)]
    [InlineData("""{"os-getConsoleOutput":{}}""", VmState.Building)]
    public async Task A_wrong_state_is_a_conflict(string body, string state)
    {
        var id = await InAsync(state);
        var before = await FindAsync(id);
        RefusalTests.Check(await DoAsync(id, body), 409);
        (await FindAsync(id)).Should().Be(before);
    }

    [Theory]
    [InlineData("""{"shelve":null}""", 501)]
    [InlineData("""{"rescue":null}""", 501)]
    [InlineData("""{"rescue":{"adminPass":"x"}}""", 501)]
    [InlineData("""{"changePassword":{"adminPass":"x"}}""", 501)]
    [InlineData("""{"migrate":null}""", 501)]
    [InlineData("""{"os-migrateLive":{"host":"h","block_migration":false,"disk_over_commit":false}}""", 501)]
    [InlineData("""{"evacuate":{"host":"h","onSharedStorage":true}}""", 501)]
    [InlineData("""{"os-getVNCConsole":{"type":"novnc"}}""", 400)]
    [InlineData("""{"os-getSPICEConsole":{"type":"spice-html5"}}""", 400)]
    [InlineData("""{"os-getRDPConsole":{"type":"rdp-html5"}}""", 400)]
    [InlineData("""{"os-getSerialConsole":{"type":"serial"}}""", 400)]
    [InlineData("""{"changePassword":{}}""", 400)]
    [InlineData("""{"createBackup":{"name":"b","backup_type":"daily","rotation":-1}}""", 400)]
    [InlineData("""{"createBackup":{"name":"b","backup_type":"daily"}}""", 400)]
    [InlineData("""{"createBackup":{"name":"b","backup_type":"","rotation":1}}""", 400)]
    [InlineData("""{"createBackup":{"name":"b","rotation":1}}""", 400)]
    [InlineData("""{"createBackup":{"backup_type":"daily","rotation":1}}""", 400)]
    [InlineData("""{"createBackup":{"name":"b","backup_type":"daily","rotation":1,"metadata":{"status":"x"}}}""", 400)]
    [InlineData("""{"reboot":{"type":"GENTLE"}}""", 400)]
    [InlineData("""{"reboot":null}""", 400)]
    [InlineData("""{"os-resetState":{"state":"paused"}}""", 400)]
    [InlineData("""{"os-resetState":null}""", 400)]
    [InlineData("""{"resize":{"flavorRef":"1"}}""", 400)]
    [InlineData("""{"resize":{"flavorRef":"none"}}""", 400)]
    [InlineData("""{"resize":{"flavorRef":null}}""", 400)]
    [InlineData("""{"resize":{"flavorRef":"2","disk":1}}""", 400)]
    [InlineData("""{"rebuild":{}}""", 400)]
    [InlineData("""{"rebuild":{"imageRef":"00000000-0000-0000-0000-000000000000"}}""", 400)]
    [InlineData("""{"rebuild":{"imageRef":"IMAGE","name":" "}}""", 400)]
    [InlineData("""{"rebuild":{"imageRef":"IMAGE","metadata":{"":"x"}}}""", 400)]
    [InlineData("""{"rebuild":{"imageRef":"IMAGE","colour":"red"}}""", 400)]
    [InlineData("""{"rebuild":{"imageRef":"IMAGE","accessIPv4":"::1"}}""", 400)]
    [InlineData("""{"rebuild":{"imageRef":"IMAGE","OS-DCF:diskConfig":"auto"}}""", 400)]
    [InlineData("""{"os-getConsoleOutput":{"length":"many"}}""", 400)]
    [InlineData("""{"os-getConsoleOutput":{"length":-5}}""", 400)]
    [InlineData("""{"pause":[]}""", 400)]
    [InlineData("""{"dance":null}""", 400)]
    [InlineData("""{"pause":null,"unpause":null}""", 400)]
    [InlineData("""{}""", 400)]
    public async Task What_cannot_be_done_is_refused_and_changes_nothing(string body, int code)
    {
        var id = await InAsync(VmState.Active);
        var before = await FindAsync(id);
        RefusalTests.Check(await DoAsync(id, body), code);
        (await FindAsync(id)).Should().Be(before);
    }

    [Theory]
    [InlineData("""{"os-resetState":{"state":"active"}}""")]
    [InlineData("""{"resetNetwork":null}""")]
    [InlineData("""{"injectNetworkInfo":null}""")]
    [InlineData("""{"migrate":null}""")]
    [InlineData("""{"os-migrateLive":{}}""")]
    [InlineData("""{"evacuate":{}}""")]
    [InlineData("""{"shelveOffload":null}""")]
    public async Task Some_actions_are_for_administrators(string body)
    {
        var member = await cloud.MemberAsync($"m{Guid.NewGuid():N}");
        var id = await InAsync(VmState.Active, member);
        RefusalTests.Check(await DoAsync(id, body, member), 403);
    }

    [Theory]
    [InlineData("""{"pause":null}""")]
    [InlineData("""{"os-stop":null}""")]
    [InlineData("""{"reboot":{"type":"HARD"}}""")]
    [InlineData("""{"rebuild":{"imageRef":"IMAGE"}}""")]
    [InlineData("""{"resize":{"flavorRef":"2"}}""")]
    [InlineData("""{"addSecurityGroup":{"name":"default"}}""")]
    [InlineData("""{"addFixedIp":{"networkId":"1"}}""")]
    [InlineData("""{"forceDelete":null}""")]
    [InlineData("""{"rescue":null}""")]
    public async Task A_locked_server_is_changed_by_administrators_only(string body)
    {
        var member = await cloud.MemberAsync($"m{Guid.NewGuid():N}");
        var id = await InAsync(VmState.Active, member);
        (await DoAsync(id, """{"lock":null}""", member)).Code.Should().Be(202);
        var refused = await DoAsync(id, body, member);
        RefusalTests.Check(refused, 409);
        refused.Text.Should().Contain("is locked");
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{Servers}/{id}/metadata", """{"metadata":{}}""", member), 409);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Servers}/{id}", null, member), 409);
        (await DoAsync(id, """{"pause":null}""")).Code.Should().Be(202);
    }

    [Fact]
    public async Task What_an_administrator_locked_its_owner_does_not_unlock()
    {
        var member = await cloud.MemberAsync("locked-out");
        var id = await InAsync(VmState.Active, member);
        (await DoAsync(id, """{"lock":null}""")).Code.Should().Be(202);
        (await DoAsync(id, """{"lock":null}""", member)).Code.Should().Be(202);
        RefusalTests.Check(await DoAsync(id, """{"unlock":null}""", member), 403);
        (await ShowAsync(id, "2.9")).GetProperty("locked").GetBoolean().Should().BeTrue();
        (await DoAsync(id, """{"unlock":null}""")).Code.Should().Be(202);
        (await DoAsync(id, """{"lock":null}""", member)).Code.Should().Be(202);
        (await DoAsync(id, """{"unlock":null}""", member)).Code.Should().Be(202);
        (await ShowAsync(id, "2.9")).GetProperty("locked").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task A_hard_reboot_wakes_what_is_held_still()
    {
        var id = await InAsync(VmState.Paused);
        (await DoAsync(id, """{"reboot":{"type":"HARD"}}""")).Code.Should().Be(202);
        (await ShowAsync(id)).GetProperty("status").GetString().Should().Be("HARD_REBOOT");
        await CarryOutAsync(id);
        (await ShowAsync(id)).GetProperty("status").GetString().Should().Be("ACTIVE");
    }

    [Fact]
    public async Task A_rebuilt_server_has_what_was_asked_and_keeps_the_rest()
    {
        await cloud.NetworkAsync("rebuild", "10.51.0.0/24");
        var id = await InAsync(VmState.Active, more: ""","metadata":{"old":"1"},"accessIPv4":"1.1.1.1" """);
        var before = await ShowAsync(id);
        var answer = await DoAsync(id, """{"rebuild":{"imageRef":"http://x/images/IMAGE","name":"anew","metadata":{"new":"2"},"adminPass":"given","accessIPv6":"0000:0000:0000:0000:0000:babe:220.12.22.2","OS-DCF:diskConfig":"AUTO","personality":[{"path":"/a","contents":"YQ=="}]}}""");
        answer.Code.Should().Be(202, answer.Text);
        answer.Header("Location").Should().EndWith($"/servers/{id}");
        var server = answer.Json.GetProperty("server");
        server.GetProperty("status").GetString().Should().Be("REBUILD");
        server.GetProperty("name").GetString().Should().Be("anew");
        server.GetProperty("adminPass").GetString().Should().Be("given");
        server.GetProperty("metadata").GetRawText().Should().Be("""{"new":"2"}""");
        server.GetProperty("accessIPv4").GetString().Should().Be("1.1.1.1");
        server.GetProperty("accessIPv6").GetString().Should().Be("::babe:dc0c:1602");
        server.GetProperty("OS-DCF:diskConfig").GetString().Should().Be("AUTO");
        server.TryGetProperty("OS-EXT-STS:vm_state", out _).Should().BeFalse();
        Keys(server.GetProperty("addresses").GetProperty("rebuild")[0]).Should().Equal("addr", "version");

        await CarryOutAsync(id);
        var after = await ShowAsync(id);
        after.GetProperty("status").GetString().Should().Be("ACTIVE");
        after.GetProperty("addresses").GetRawText().Should().Be(before.GetProperty("addresses").GetRawText());
        (await cloud.Store.ReadAsync(s => s.InjectedFiles.OfInstanceAsync(id, default), default)).Should().ContainSingle().Which.Path.Should().Be("/a");
    }

    [Fact]
    public async Task A_stopped_server_is_rebuilt_and_stays_off()
    {
        var id = await InAsync(VmState.Stopped);
        (await DoAsync(id, """{"rebuild":{"imageRef":"IMAGE"}}""")).Json.GetProperty("server").GetProperty("status").GetString().Should().Be("REBUILD");
        var wish = await FindAsync(id);
        wish.Running.Should().BeFalse();
        wish.DiskGeneration.Should().Be(wish.MadeDiskGeneration + 1);
        await CarryOutAsync(id);
        (await ShowAsync(id)).GetProperty("status").GetString().Should().Be("SHUTOFF");
    }

    [Fact]
    public async Task A_server_is_not_rebuilt_from_an_image_that_does_not_fit_its_disk()
    {
        var id = await InAsync(VmState.Active);
        foreach (var more in new[] { ",\"min_disk\":2", ",\"min_ram\":513" })
        {
            var image = await cloud.ActiveImageAsync("large", more: more);
            RefusalTests.Check(await DoAsync(id, $$$"""{"rebuild":{"imageRef":"{{{image}}}"}}"""), 400);
        }

        var fits = await cloud.ActiveImageAsync("fits", more: ",\"min_disk\":1,\"min_ram\":512");
        (await DoAsync(id, $$$"""{"rebuild":{"imageRef":"{{{fits}}}"}}""")).Code.Should().Be(202);
    }

    [Theory]
    [InlineData("confirmResize", 204, "2", VmState.Active)]
    [InlineData("revertResize", 202, "1", VmState.Active)]
    [InlineData("confirmResize", 204, "2", VmState.Stopped)]
    [InlineData("revertResize", 202, "1", VmState.Stopped)]
    public async Task A_resize_is_confirmed_or_reverted(string end, int code, string flavor, string state)
    {
        var id = await InAsync(state);
        (await DoAsync(id, """{"resize":{"flavorRef":"2"}}""")).Code.Should().Be(202);
        (await ShowAsync(id)).GetProperty("status").GetString().Should().Be("RESIZE");
        await CarryOutAsync(id);
        var resized = await ShowAsync(id);
        resized.GetProperty("status").GetString().Should().Be("VERIFY_RESIZE");
        resized.GetProperty("flavor").GetProperty("id").GetString().Should().Be("2");
        RefusalTests.Check(await DoAsync(id, """{"pause":null}"""), 409);

        (await DoAsync(id, $$"""{"{{end}}":null}""")).Code.Should().Be(code);
        (await ShowAsync(id)).GetProperty("status").GetString().Should().Be(end == "revertResize" ? "REVERT_RESIZE" : state == VmState.Active ? "ACTIVE" : "SHUTOFF");
        await CarryOutAsync(id);
        var settled = await ShowAsync(id);
        settled.GetProperty("flavor").GetProperty("id").GetString().Should().Be(flavor);
        settled.GetProperty("OS-EXT-STS:vm_state").GetString().Should().Be(state);
        (await FindAsync(id)).MemoryMb.Should().Be(flavor == "2" ? 2048 : 512);
    }

    [Fact]
    public async Task A_resize_is_held_by_the_quota_until_it_is_settled()
    {
        var member = await cloud.MemberAsync("resizer");
        var id = await InAsync(VmState.Active, member);
        var project = (await FindAsync(id)).ProjectId;
        await cloud.WriteAsync(async s =>
        {
            await s.Quotas.SetAsync(project, "cores", 4, default);
            return default(Done);
        });
        RefusalTests.Check(await DoAsync(id, """{"resize":{"flavorRef":"5"}}""", member), 403);
        (await DoAsync(id, """{"resize":{"flavorRef":"4"}}""", member)).Code.Should().Be(202);
        await CarryOutAsync(id);
        (await DoAsync(id, """{"revertResize":null}""", member)).Code.Should().Be(202);
        await CarryOutAsync(id);
        (await DoAsync(id, """{"resize":{"flavorRef":"4"}}""", member)).Code.Should().Be(202);
        await CarryOutAsync(id);
        (await DoAsync(id, """{"confirmResize":null}""", member)).Code.Should().Be(204);
        (await DoAsync(id, """{"resize":{"flavorRef":"1"}}""", member)).Code.Should().Be(202);
        await CarryOutAsync(id);

        // It may be reverted to four cores still.
        RefusalTests.Check(await cloud.PostAsync(Servers, cloud.ServerBody("one-more"), member), 403);
        (await DoAsync(id, """{"confirmResize":null}""", member)).Code.Should().Be(204);
        (await cloud.PostAsync(Servers, cloud.ServerBody("one-more"), member)).Code.Should().Be(202);
    }

    [Theory]
    [InlineData("error", "ERROR")]
    [InlineData("active", "ACTIVE")]
    public async Task An_administrator_says_what_state_a_server_is_in(string state, string status)
    {
        var id = await InAsync(VmState.Active);
        (await DoAsync(id, """{"pause":null}""")).Code.Should().Be(202);
        (await DoAsync(id, $$$"""{"os-resetState":{"state":"{{{state}}}"}}""")).Code.Should().Be(202);
        var server = await ShowAsync(id);
        server.GetProperty("status").GetString().Should().Be(status);
        server.GetProperty("OS-EXT-STS:task_state").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task Administrators_have_the_host_look_again()
    {
        var id = await InAsync(VmState.Active);
        (await DoAsync(id, """{"resetNetwork":null}""")).Code.Should().Be(202);
        (await DoAsync(id, """{"injectNetworkInfo":null}""")).Code.Should().Be(202);
    }

    [Fact]
    public async Task An_action_of_later_or_earlier_microversions_is_not_there()
    {
        var id = await InAsync(VmState.Active);
        RefusalTests.Check(await DoAsync(id, """{"os-getVNCConsole":{"type":"novnc"}}""", version: "2.6"), 404);
        RefusalTests.Check(await DoAsync(id, """{"trigger_crash_dump":null}""", version: "2.16"), 404);
        RefusalTests.Check(await DoAsync(id, """{"trigger_crash_dump":null}""", version: "2.17"), 501);
        RefusalTests.Check(await cloud.PostAsync($"{Servers}/{id}/remote-consoles", """{"remote_console":{"protocol":"vnc","type":"novnc"}}""", version: "2.5"), 404);
        RefusalTests.Check(await cloud.PostAsync($"{Servers}/{id}/remote-consoles", """{"remote_console":{"protocol":"vnc","type":"novnc"}}""", version: "2.6"), 501);
        RefusalTests.Check(await DoAsync(id, """{"rebuild":{"imageRef":"IMAGE","description":"d"}}""", version: "2.18"), 400);
        (await DoAsync(id, """{"rebuild":{"imageRef":"IMAGE","description":"d"}}""", version: "2.19")).Json.GetProperty("server").GetProperty("description").GetString().Should().Be("d");
    }

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(p => p.Name);

    private Task<Answer> DoAsync(Guid id, string body, string token = "admin", string? version = null) =>
        cloud.PostAsync($"{Servers}/{id}/action", body.Replace("IMAGE", cloud.Image, StringComparison.Ordinal), token, version);

    private async Task<JsonElement> ShowAsync(Guid id, string? version = null) => (await cloud.GetAsync($"{Servers}/{id}", version: version)).Json.GetProperty("server");

    private async Task<Instance> FindAsync(Guid id) => (await cloud.Store.ReadAsync(s => s.Instances.FindAsync(id, default), default))!;

    /// <summary>A new server in that state, with the wishes that lead to it.</summary>
    private async Task<Guid> InAsync(string state, string token = "admin", string more = "")
    {
        var id = await cloud.BootAsync("acted", more, token);
        if (state != VmState.Building)
        {
            await SaveAsync(id, i => i with { Running = state != VmState.Stopped, Frozen = state is VmState.Paused or VmState.Suspended ? state : null });
            await CarryOutAsync(id);
        }

        return id;
    }

    /// <summary>Does what the host does.</summary>
    private Task CarryOutAsync(Guid id) => SaveAsync(id, i => i with { VmState = i.WantedState, TaskState = null, BootedGeneration = i.BootGeneration, MadeDiskGeneration = i.DiskGeneration });

    private Task SaveAsync(Guid id, Func<Instance, Instance> change) => cloud.WriteAsync(async s =>
    {
        await s.Instances.SaveAsync(change((await s.Instances.FindAsync(id, default))!), default);
        return default(Done);
    });
}
