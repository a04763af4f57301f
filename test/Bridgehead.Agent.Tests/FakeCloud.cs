using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Store;
using Bridgehead.Testing;
using Microsoft.Data.Sqlite;

namespace Bridgehead.Agent.Tests;

/// <summary>A cloud of one host: a real database, and a machine whose daemons come and go.</summary>
internal sealed class FakeCloud : IAsyncDisposable
{
    private readonly string _folder = Folders.Create("cloud");
    private readonly RuleProfile _profile;
    private readonly NetfilterBackend _backend;
    private FakeDaemons? _daemons;

    private FakeCloud(RuleProfile profile, NetfilterBackend backend) => (_profile, _backend) = (profile, backend);

    public FakeMachine Machine { get; private set; } = new();

    public NovaSettings Settings { get; private set; } = null!;

    public Database Store { get; private set; } = null!;

    public Caller User { get; private set; } = null!;

    public Guid Image { get; private set; }

    public bool Killed => _daemons is null or { Killed: true };

    public static async Task<FakeCloud> CreateAsync(RuleProfile profile = RuleProfile.Article, NetfilterBackend backend = NetfilterBackend.Iptables)
    {
        var cloud = new FakeCloud(profile, backend);
        await cloud.OpenAsync();
        await new Seed(cloud.Store, cloud.Settings).RunAsync(default);
        await cloud.IntroduceAsync();
        return cloud;
    }

    /// <summary>The daemons' next life; the machine stays as the last one left it. It is killed at the command of that number.</summary>
    public async Task StartAsync((int Number, Kill When)? kill = null)
    {
        await StopAsync();
        Machine.Host.Restart(kill);
        _daemons = await FakeDaemons.StartAsync(Machine, Store, Settings);
    }

    public async Task StopAsync()
    {
        if (_daemons is not null)
        {
            await _daemons.DisposeAsync();
            _daemons = null;
        }
    }

    /// <summary>From here on the daemons hear of nothing; they look at everything when they are waited for.</summary>
    public void Deafen() => _daemons?.Deafen();

    /// <summary>Waits until nothing is left to do, or until the daemons are killed.</summary>
    public Task QuietAsync() => _daemons?.WhenQuietAsync() ?? Task.CompletedTask;

    /// <summary>Waits until nothing is left to do, and then every server is as it was asked to be; or until the daemons are killed.</summary>
    public async Task SettleAsync()
    {
        await QuietAsync();
        if (!Killed)
        {
            _daemons!.Errors.Should().BeEmpty();
            (await Store.ReadAsync(session => session.Instances.OnHostAsync(Settings.Host, default), default)).Where(server => !IsAsAsked(server)).Should().BeEmpty();
        }
    }

    /// <summary>The machine has become what a new machine would be with this store.</summary>
    public async Task ShouldConvergeAsync(string because)
    {
        await SettleAsync();
        string.Join('\n', Difference(Machine.Listing(), await FreshListingAsync())).Should().BeEmpty(because);
    }

    /// <summary>The listing that this cloud's store leads to on a machine that has never seen a daemon. The store is copied: what the daemons observe there is not written here.</summary>
    public async Task<string> FreshListingAsync()
    {
        await using var fresh = new FakeCloud(_profile, _backend);
        await CopyStoreAsync($"{fresh._folder}/store.db");
        await fresh.OpenAsync();
        await fresh.BootAllAsync();
        await fresh.StartAsync();
        await fresh.SettleAsync();
        return fresh.Machine.Listing();
    }

    /// <summary>Everything that is in the store.</summary>
    public async Task<byte[]> DumpAsync()
    {
        var copy = Path.Combine(_folder, "copy.db");
        await CopyStoreAsync(copy);
        var bytes = await File.ReadAllBytesAsync(copy);
        File.Delete(copy);
        return bytes;
    }

    /// <summary>What a start of the daemons would change.</summary>
    public async Task<IReadOnlyList<HostChange>> DryRunAsync()
    {
        var (run, firewalls, logs) = (new DryRun(), new List<DryRunFirewall>(), new Complaints());
        await using var store = await Database.RehearseAsync(Settings.Connection, TimeProvider.System, default);
        await DryRunAgents.StartAsync([.. FakeParts.Agents(Machine, store, Settings, FakeHands.Dry(Machine, run, firewalls), logs, default).Reverse()], store, Settings, TimeSpan.FromSeconds(10), default);
        foreach (var firewall in firewalls)
        {
            run.AddRules(await firewall.ChangesAsync(default));
        }

        logs.Errors.Should().BeEmpty();
        return run.Changes;
    }

    /// <summary>Returns what stays.</summary>
    public async Task<IReadOnlyList<string>> CleanUpAsync((int Number, Kill When)? kill = null)
    {
        await StopAsync();
        Machine.Host.Killed = () => { };
        Machine.Host.Restart(kill);
        return await FakeParts.Cleanup(Machine, Settings, FakeHands.Real(Machine, new Complaints())).RunAsync(default);
    }

    /// <summary>What a cleanup would change.</summary>
    public async Task<IReadOnlyList<HostChange>> CleanUpDryAsync()
    {
        var run = new DryRun();
        await FakeParts.Cleanup(Machine, Settings, FakeHands.Dry(Machine, run, [])).RunAsync(default);
        return run.Changes;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Store.DisposeAsync();
        Machine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Lines that only one has; when both have the same in another order, the first that differs.</summary>
    private static List<string> Difference(string here, string fresh)
    {
        var (have, want) = (here.Split('\n').ToList(), fresh.Split('\n').ToList());
        var moved = have.Zip(want).Where(pair => pair.First != pair.Second).Take(1).Select(pair => $"{pair.First} where a new machine has {pair.Second}").ToList();
        foreach (var line in have.Where(line => want.Contains(line)).ToList())
        {
            have.Remove(line);
            want.Remove(line);
        }

        List<string> lines = [.. have.Select(line => $"only here: {line}"), .. want.Select(line => $"only on a new machine: {line}")];
        return lines.Count > 0 ? lines : moved;
    }

    /// <summary>What was wished for is done, and no server is in error: nothing on a fake machine keeps one from booting.</summary>
    private static bool IsAsAsked(Instance server) => server is { DeleteRequested: false, TaskState: null }
        && server.IsBrought
        && server.VmState == server.WantedState;

    private async Task CopyStoreAsync(string path)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder}/store.db");
        await connection.OpenAsync();
        await using var copy = connection.CreateCommand();
        copy.CommandText = $"vacuum into '{path}'";
        await copy.ExecuteNonQueryAsync();
    }

    private async Task OpenAsync()
    {
        Settings = Sample.Settings(_profile) with { NetfilterBackend = _backend, StatePath = Machine.State, Connection = $"sqlite:///{_folder}/store.db", PublicInterface = "eth0", AdminPassword = "x", SendArpForHa = true, UseIpv6 = _profile == RuleProfile.Ocata };
        Store = await Database.OpenAsync(Settings.Connection, TimeProvider.System, default);
        if (User is null)
        {
            await IntroduceAsync();
        }
    }

    private async Task IntroduceAsync() => (User, Image) = await Store.ReadAsync(
        async session => (await session.Identities.ProjectsAsync(new ProjectFilter(), Page.All, default)) is [var project, ..]
            ? (new Caller("u", project.Id, IsAdmin: true), (await session.Images.ListAsync(project.Id, default))[0].Id)
            : (null!, Guid.Empty),
        default);

    /// <summary>Servers that run elsewhere do not run on a new machine: they are asked to boot again.</summary>
    private async Task BootAllAsync() => await Store.WriteAsync(
        async session =>
        {
            foreach (var instance in await session.Instances.OnHostAsync(Settings.Host, default))
            {
                if (instance.Running)
                {
                    await session.Instances.SaveAsync(instance with { BootGeneration = instance.BootGeneration + 1 }, default);
                }
            }

            return default(Done);
        },
        default);
}
