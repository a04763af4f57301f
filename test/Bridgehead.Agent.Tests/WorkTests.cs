using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Agent.Tests;

/// <summary>What a change costs the host does not depend on what else is there.</summary>
public sealed class WorkTests
{
    [Fact]
    public async Task Booting_one_more_sends_the_host_as_much_with_a_hundred_instances_as_with_five()
    {
        await using var cloud = await FakeCloud.CreateAsync();
        var history = await History.BeginAsync(cloud);
        await cloud.Store.WriteAsync(
            async session =>
            {
                foreach (var resource in (string[])["instances", "cores", "ram"])
                {
                    await session.Quotas.SetAsync(cloud.User.ProjectId, resource, -1, default);
                }

                return default(Done);
            },
            default);
        var few = await BootAsync(cloud, history, 5);
        var many = await BootAsync(cloud, history, 100);
        many.Select(Shape).Should().BeEquivalentTo(few.Select(Shape));

        // Names and numbers grow by digits.
        many.Sum(command => command.Input.Length).Should().BeLessThan(few.Sum(command => command.Input.Length) + 200);
    }

    [Fact]
    public async Task A_host_says_what_it_has_when_it_begins()
    {
        await using var cloud = await FakeCloud.CreateAsync();
        await History.BeginAsync(cloud);
        var host = (await cloud.Store.ReadAsync(s => s.ComputeNodes.ListAsync(new Bridgehead.Store.HypervisorFilter(), default), default)).Should().ContainSingle().Subject;
        host.Node.Host.Should().Be(cloud.Settings.Host);
        host.Node.HostIp.Should().Be($"{cloud.Settings.MyIp}");
        host.Node.MemoryMb.Should().BePositive();
    }

    /// <summary>Boots until there are <paramref name="count"/>, and one more, whose commands are returned.</summary>
    private static async Task<List<Command>> BootAsync(FakeCloud cloud, History history, int count)
    {
        while ((await cloud.Store.ReadAsync(s => s.Instances.OnHostAsync(cloud.Settings.Host, default), default)).Count < count)
        {
            await history.BootAsync("web");
        }

        await cloud.ShouldConvergeAsync("they were asked for");
        cloud.Machine.Host.Restart();
        await history.BootAsync("web");
        await cloud.ShouldConvergeAsync("it was asked for");
        return [.. cloud.Machine.Host.Changes];
    }

    private static string Shape(Command command) => $"{command.Program} {command.Input.Count(c => c == '\n')} lines";
}
