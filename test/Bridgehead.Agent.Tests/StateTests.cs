using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Agent.Tests;

/// <summary>What an administrator says of a server's state, and what the host makes of it.</summary>
public sealed class StateTests
{
    [Fact]
    public async Task An_error_that_is_said_of_a_server_that_is_off_stays_until_it_is_started()
    {
        await using var cloud = await FakeCloud.CreateAsync();
        var history = await History.BeginAsync(cloud);
        var server = await history.BootAsync("web");
        var actions = new ServerActions(cloud.Store, cloud.Settings);
        await cloud.SettleAsync();
        (await actions.StopAsync(cloud.User, server, default)).Problem.Should().BeNull();
        await cloud.SettleAsync();

        (await new ServerStates(cloud.Store).ResetAsync(cloud.User, server, VmState.Error, default)).Problem.Should().BeNull();
        await cloud.QuietAsync();
        (await StateAsync(cloud, server)).Should().Be(VmState.Error);
        await cloud.StartAsync();
        await cloud.QuietAsync();
        (await StateAsync(cloud, server)).Should().Be(VmState.Error);

        (await actions.RebootAsync(cloud.User, server, hard: true, default)).Problem.Should().BeNull();
        await cloud.SettleAsync();
        (await StateAsync(cloud, server)).Should().Be(VmState.Active);
    }

    [Fact]
    public async Task A_server_that_is_said_to_be_active_is_seen_to_be_off()
    {
        await using var cloud = await FakeCloud.CreateAsync();
        var history = await History.BeginAsync(cloud);
        var server = await history.BootAsync("web");
        await cloud.SettleAsync();
        (await new ServerActions(cloud.Store, cloud.Settings).StopAsync(cloud.User, server, default)).Problem.Should().BeNull();
        await cloud.SettleAsync();
        (await new ServerStates(cloud.Store).ResetAsync(cloud.User, server, VmState.Active, default)).Problem.Should().BeNull();
        await cloud.SettleAsync();
        (await StateAsync(cloud, server)).Should().Be(VmState.Stopped);
    }

    private static async Task<string> StateAsync(FakeCloud cloud, Guid server) => (await cloud.Store.ReadAsync(s => s.Instances.FindAsync(server, default), default))!.VmState;
}
