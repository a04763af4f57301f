using System.Net;
using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Testing;
using CsCheck;

namespace Bridgehead.Agent.Tests;

/// <summary>What somebody does.</summary>
internal enum Deed
{
    Boot,
    Delete,

    /// <summary>Deleted while its host passes for dead: the store forgets it at once.</summary>
    Vanish,
    Stop,
    Start,
    Reboot,
    Pause,
    Unpause,
    Suspend,
    Resume,

    /// <summary>Of a server that is in error or not: an administrator says that it is active.</summary>
    ResetActive,
    Rebuild,
    Resize,
    ConfirmResize,
    RevertResize,
    Associate,
    Disassociate,
    Release,
    AddRule,
    AddSourceRule,
    DeleteRule,
    JoinGroup,
    LeaveGroup,
    AddFixedIp,
    RemoveFixedIp,
    CreateNetwork,
    DeleteNetwork,

    /// <summary>Everybody waits until the host has followed.</summary>
    Wait,
    Restart,

    /// <summary>The daemons hear of nothing until they are waited for or started again.</summary>
    Deafen,
}

/// <summary>A step; the numbers choose among what there is at that moment.</summary>
internal readonly record struct Step(Deed Deed, int A, int B)
{
    /// <summary>Boots come often, so that there is something to change; restarts are dear.</summary>
    public static Gen<Step> Any { get; } = Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(Deed.Boot)),
            (12, OneOf(Deed.Delete, Deed.Vanish, Deed.Stop, Deed.Start, Deed.Reboot, Deed.Associate, Deed.Disassociate, Deed.Release)),
            (12, OneOf(Deed.Pause, Deed.Unpause, Deed.Suspend, Deed.Resume, Deed.ResetActive, Deed.Rebuild, Deed.Resize, Deed.ConfirmResize, Deed.RevertResize)),
            (10, OneOf(Deed.AddRule, Deed.AddSourceRule, Deed.DeleteRule, Deed.JoinGroup, Deed.LeaveGroup, Deed.AddFixedIp, Deed.RemoveFixedIp)),
            (3, OneOf(Deed.CreateNetwork, Deed.DeleteNetwork)),
            (5, Gen.Const(Deed.Wait)),
            (2, OneOf(Deed.Restart, Deed.Deafen))),
        Gen.Int[0, 5],
        Gen.Int[0, 5],
        (deed, a, b) => new Step(deed, a, b));

    /// <summary>Somebody wants something of the cloud, whether its daemons run or not.</summary>
    public bool IsOfUsers => Deed is not (Deed.Wait or Deed.Restart or Deed.Deafen);

    public static Gen<Step[]> Histories { get; } = Any.Array[1, 25];

    private static Gen<Deed> OneOf(params Deed[] deeds) => Gen.Int[0, deeds.Length - 1].Select(i => deeds[i]);
}

/// <summary>Does the steps of a history to a cloud. What is refused is refused: that is part of the history.</summary>
internal sealed class History(FakeCloud cloud)
{
    private static readonly string[] Groups = ["default", "web", "db"];
    private readonly ServerActions _servers = new(cloud.Store, cloud.Settings);
    private readonly ServerActions _serversOfTheDead = new(cloud.Store, cloud.Settings with { ServiceDownTime = -60 });
    private readonly ServerStates _states = new(cloud.Store);
    private readonly ServerRebuild _rebuild = new(cloud.Store, cloud.Settings);
    private readonly ServerResize _resize = new(cloud.Store, cloud.Settings);
    private readonly FloatingIpActions _floating = new(cloud.Store, cloud.Settings);
    private readonly SecurityGroupActions _groups = new(cloud.Store, cloud.Settings);

    /// <summary>A network, floating addresses and three groups: what every history begins with, before the daemons' first life.</summary>
    public static async Task<History> BeginAsync(FakeCloud cloud, (int Number, Kill When)? kill = null)
    {
        var history = new History(cloud);
        await history.NetworkAsync(0);
        await history._floating.CreateRangeAsync("192.168.1.232/29", null, null, default);
        foreach (var name in Groups.Skip(1))
        {
            await history._groups.CreateAsync(cloud.User, name, "", default);
        }

        await cloud.StartAsync(kill);
        return history;
    }

    public async Task DoAsync(Step step)
    {
        switch (step.Deed)
        {
            case Deed.Wait:
                await cloud.SettleAsync();
                break;
            case Deed.Deafen:
                cloud.Deafen();
                break;
            case Deed.Restart:
                await cloud.StartAsync();
                break;
            case Deed.CreateNetwork:
                await NetworkAsync(step.A);
                break;
            case Deed.DeleteNetwork:
                await OnAsync(await NetworksAsync(), step.A, network => new NetworkActions(cloud.Store).DeleteAsync(network.Uuid, default));
                break;
            case Deed.AddRule or Deed.AddSourceRule or Deed.DeleteRule:
                await RuleAsync(step);
                break;
            case Deed.Boot:
                await BootAsync(Groups[step.A % 3], Groups[step.B % 3]);
                break;
            case Deed.Release:
                await OnAsync(await AddressesAsync(), step.A, address => _floating.ReleaseAsync(cloud.User, address, default));
                break;
            default:
                await OnAsync(await ServersAsync(), step.A, server => ServerAsync(server.Uuid, step));
                break;
        }
    }

    public async Task<Guid> BootAsync(params string[] groups)
    {
        var request = new BootRequest { Name = "server", ImageId = cloud.Image, FlavorId = "1", SecurityGroups = [.. groups.Distinct()] };
        return (await new BootServer(cloud.Store, cloud.Settings).RunAsync(cloud.User, request, default)).Succeeded(out var booted, out _) ? booted[0].Uuid : Guid.Empty;
    }

    private async Task ServerAsync(Guid server, Step step)
    {
        var user = cloud.User;
        switch (step.Deed)
        {
            case Deed.Delete:
                await _servers.DeleteAsync(user, server, default);
                break;
            case Deed.Vanish:
                await _serversOfTheDead.DeleteAsync(user, server, default);
                break;
            case Deed.Stop:
                await _servers.StopAsync(user, server, default);
                break;
            case Deed.Start:
                await _servers.StartAsync(user, server, default);
                break;
            case Deed.Reboot:
                await _servers.RebootAsync(user, server, hard: true, default);
                break;
            case Deed.Pause or Deed.Unpause or Deed.Suspend or Deed.Resume or Deed.ResetActive:
                await StateAsync(server, step.Deed);
                break;
            case Deed.Rebuild:
                await _rebuild.RunAsync(user, server, new RebuildRequest { ImageId = cloud.Image }, default);
                break;
            case Deed.Resize or Deed.ConfirmResize or Deed.RevertResize:
                await ResizeAsync(server, step.Deed);
                break;
            case Deed.Associate:
                await AssociateAsync(server, step.B);
                break;
            case Deed.Disassociate:
                await OnAsync(await AddressesAsync(), step.B, address => _floating.DisassociateAsync(user, server, address.Address, default));
                break;
            case Deed.JoinGroup:
                await _servers.AddGroupAsync(user, server, Groups[step.B % 3], default);
                break;
            case Deed.LeaveGroup:
                await _servers.RemoveGroupAsync(user, server, Groups[step.B % 3], default);
                break;
            case Deed.RemoveFixedIp:
                var addresses = await cloud.Store.ReadAsync(s => s.FixedIps.OfInstanceAsync(server, default), default);
                await OnAsync(addresses, step.B, address => _servers.RemoveFixedIpAsync(user, server, address.Address, default));
                break;
            default:
                await AddFixedIpAsync(server, step.B);
                break;
        }
    }

    private Task StateAsync(Guid server, Deed deed) => deed switch
    {
        Deed.Pause => _states.PauseAsync(cloud.User, server, default),
        Deed.Unpause => _states.UnpauseAsync(cloud.User, server, default),
        Deed.Suspend => _states.SuspendAsync(cloud.User, server, default),
        Deed.Resume => _states.ResumeAsync(cloud.User, server, default),
        _ => _states.ResetAsync(cloud.User, server, VmState.Active, default),
    };

    private async Task ResizeAsync(Guid server, Deed deed)
    {
        var user = cloud.User;
        var flavor = (await cloud.Store.ReadAsync(s => s.Instances.FindAsync(server, default), default))?.FlavorId == "1" ? "2" : "1";
        await (deed switch
        {
            Deed.Resize => _resize.ResizeAsync(user, server, flavor, null, default),
            Deed.ConfirmResize => _resize.ConfirmAsync(user, server, default),
            _ => _resize.RevertAsync(user, server, default),
        });
    }

    /// <summary>A server that runs gets the interface for an address on another network with its next boot; so it is only given one where a reboot is allowed, which follows.</summary>
    private async Task AddFixedIpAsync(Guid server, int which)
    {
        await cloud.SettleAsync();
        var now = (await ServersAsync()).Find(found => found.Uuid == server);
        if (now is { Running: true } and not { TaskState: null, VmState: VmState.Active or VmState.Paused or VmState.Suspended or VmState.Error })
        {
            return;
        }

        await OnAsync(await NetworksAsync(), which, network => _servers.AddFixedIpAsync(cloud.User, server, $"{network.Uuid}", default));
        if (now is { Running: true })
        {
            (await _servers.RebootAsync(cloud.User, server, hard: true, default)).Problem.Should().BeNull();
        }
    }

    private async Task AssociateAsync(Guid server, int which)
    {
        var mine = await AddressesAsync();
        IPAddress? address = mine.Count > 2
            ? mine[which % mine.Count].Address
            : (await _floating.AllocateAsync(cloud.User, null, default)).Succeeded(out var given, out _) ? given.Address : null;
        if (address is not null)
        {
            await _floating.AssociateAsync(cloud.User, server, address, null, default);
        }
    }

    private async Task RuleAsync(Step step)
    {
        var groups = await cloud.Store.ReadAsync(s => s.SecurityGroups.ListAsync(cloud.User.ProjectId, default), default);
        var group = groups[step.A % groups.Count];
        if (step.Deed == Deed.DeleteRule)
        {
            var rules = await cloud.Store.ReadAsync(s => s.SecurityGroups.RulesOfAsync(group.Id, default), default);
            await OnAsync(rules, step.B, rule => _groups.DeleteRuleAsync(cloud.User, rule.Id, default));
            return;
        }

        var request = step.Deed == Deed.AddSourceRule
            ? new RuleRequest(group.Id, "tcp", 3306, 3306, null, groups[step.B % groups.Count].Id)
            : step.B == 0 ? new RuleRequest(group.Id, "icmp", -1, -1, "0.0.0.0/0", null) : new RuleRequest(group.Id, "tcp", 80, 80 + step.B, "0.0.0.0/0", null);
        await _groups.AddRuleAsync(cloud.User, request, default);
    }

    /// <summary>Three networks on two bridges.</summary>
    private async Task NetworkAsync(int number) => await new CreateNetwork(cloud.Store, cloud.Settings).RunAsync(
        new NetworkSpec { Label = $"net{number}", Cidr = $"10.10.{10 + (number % 3)}.0/24", CidrV6 = cloud.Settings.UseIpv6 ? $"fd00:{number % 3}::/64" : null, Bridge = number % 3 == 2 ? "br101" : "br100" }, default);

    private Task<List<Instance>> ServersAsync() => cloud.Store.ReadAsync(s => s.Instances.OnHostAsync(cloud.Settings.Host, default), default);

    private Task<List<Network>> NetworksAsync() => cloud.Store.ReadAsync(s => s.Networks.ListAsync(default), default);

    private Task<List<FloatingIp>> AddressesAsync() => cloud.Store.ReadAsync(s => s.FloatingIps.OfProjectAsync(cloud.User.ProjectId, default), default);

    private static async Task OnAsync<T>(List<T> there, int which, Func<T, Task> deed)
    {
        if (there.Count > 0)
        {
            await deed(there[which % there.Count]);
        }
    }
}
