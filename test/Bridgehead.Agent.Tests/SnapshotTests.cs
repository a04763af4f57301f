using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Xunit;

namespace Bridgehead.Agent.Tests;

/// <summary>createImage on a host that has no disks to copy, and one that is away: the server may always be worked with again, and no image is left that nobody fills.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task Where_there_is_no_disk_the_image_goes_and_the_server_is_free_again()
    {
        await using var cloud = await FakeCloud.CreateAsync();
        var server = await BootedAsync(cloud);
        await cloud.StartAsync();
        await cloud.SettleAsync();
        var image = await AskAsync(cloud, server);
        await OverAsync(cloud, server);
        (await ImageAsync(cloud, image)).Should().BeNull();
    }

    [Fact]
    public async Task What_was_asked_of_a_host_that_is_away_is_done_when_it_comes_back()
    {
        await using var cloud = await FakeCloud.CreateAsync();
        var server = await BootedAsync(cloud);
        await cloud.StopAsync();
        var image = await AskAsync(cloud, server);
        await cloud.DryRunAsync();
        (await ImageAsync(cloud, image))!.Status.Should().Be(ImageStatus.Queued, "a dry run does nothing");
        (await TaskAsync(cloud, server)).Should().Be(TaskState.ImageSnapshot);
        await cloud.StartAsync();
        await OverAsync(cloud, server);
        (await ImageAsync(cloud, image)).Should().BeNull();
    }

    [Fact]
    public async Task An_image_that_was_deleted_before_it_was_filled_frees_the_server()
    {
        await using var cloud = await FakeCloud.CreateAsync();
        var server = await BootedAsync(cloud);
        await cloud.StopAsync();
        var image = await AskAsync(cloud, server);
        (await new ImageActions(cloud.Store, new ImageFiles(cloud.Settings)).DeleteAsync(cloud.User, image, default)).Problem.Should().BeNull();
        await cloud.StartAsync();
        await OverAsync(cloud, server);
        await cloud.SettleAsync();
    }

    private static async Task<Guid> BootedAsync(FakeCloud cloud)
    {
        var history = await History.BeginAsync(cloud);
        await history.BootAsync("web");
        await cloud.StartAsync();
        await cloud.SettleAsync();
        return (await cloud.Store.ReadAsync(s => s.Instances.OnHostAsync(cloud.Settings.Host, default), default))[0].Uuid;
    }

    private static async Task<Guid> AskAsync(FakeCloud cloud, Guid server)
    {
        var asked = await new SnapshotServer(cloud.Store, cloud.Settings).RunAsync(cloud.User, server, "copy", new Dictionary<string, string>(), null, default);
        asked.Problem.Should().BeNull();
        return asked.Value;
    }

    private static Task<Image?> ImageAsync(FakeCloud cloud, Guid image) => cloud.Store.ReadAsync(s => s.Images.FindAsync(image, default), default);

    private static async Task<string?> TaskAsync(FakeCloud cloud, Guid server) => (await cloud.Store.ReadAsync(s => s.Instances.FindAsync(server, default), default))!.TaskState;

    /// <summary>Waits until nothing is asked of the host any more.</summary>
    private static async Task OverAsync(FakeCloud cloud, Guid server)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await TaskAsync(cloud, server) is not null)
        {
            await Task.Delay(10, patience.Token);
        }

        (await cloud.Store.ReadAsync(s => s.Snapshots.OnHostAsync(cloud.Settings.Host, default), default)).Should().BeEmpty();
    }
}
