using AwesomeAssertions;
using Bridgehead.Agent;
using Bridgehead.Control;
using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;

namespace Bridgehead.Store.Tests.Manage;

/// <summary>The store's entities, and a host that is as the agents make it.</summary>
internal sealed class OperatedCloud : IAsyncDisposable, IHostInspection
{
    private static readonly CancellationToken Cancel = CancellationToken.None;
    private readonly Operator _operator;
    private readonly List<(string Random, string Name)> _names = [];
    private readonly string? _saved;
    private ModelKernel? _kernel;
    private Action<ModelKernel> _harm = _ => { };

    private OperatedCloud(Operator at, string? saved) => (_operator, _saved) = (at, saved);

    public static async Task<OperatedCloud> AtAsync(NetfilterBackend backend, string? saved = null)
    {
        var at = await Operator.AtAsync("sqlite", settings => settings with { NetfilterBackend = backend, RoutingSourceIp = Ip.Parse("192.168.1.90") });
        var cloud = new OperatedCloud(at, saved);
        await at.DoAsync("network create mynet 10.10.10.0/24");
        await at.DoAsync("floating create --ip_range 192.168.1.232/30");
        await at.Store.WriteAsync(s => s.Networks.ClaimAsync(1, "node1", Cancel), Cancel);
        var project = await at.ProjectAsync();
        await cloud.ServerAsync(1, "web", project);
        await cloud.ServerAsync(2, "db", project);
        await cloud.AllowAsync("web", "tcp", 80, 80, "0.0.0.0/0");
        var caller = new Caller("", project, IsAdmin: true);
        await new FloatingIpActions(at.Store, at.Settings).AssociateAsync(caller, IdOf(1), (await new FloatingIpActions(at.Store, at.Settings).AllocateAsync(caller, null, Cancel)).Value.Address, null, Cancel);
        return cloud;
    }

    /// <param name="line">What is typed.</param>
    /// <param name="columns">The terminal's; null when the output goes elsewhere.</param>
    /// <param name="exit">The exit status that is expected.</param>
    public async Task<string> AskAsync(string line, int? columns = null, int exit = 0)
    {
        var (code, output, error) = await _operator.TypeAsync(line, this, columns);
        (code, error).Should().Be((exit, ""), line);
        return _names.Aggregate(output, (text, name) => text.Replace(name.Random, name.Name, StringComparison.Ordinal));
    }

    public async Task<(int, string)> RefusedAsync(string line)
    {
        var (code, _, error) = await _operator.TypeAsync(line, this);
        return (code, error);
    }

    public async Task AllowAsync(string group, string protocol, int from, int to, string range)
    {
        var project = await _operator.ProjectAsync();
        var found = await _operator.Store.ReadAsync(s => s.SecurityGroups.FindAsync(project, group, Cancel), Cancel);
        await _operator.Store.WriteAsync(
            s => s.SecurityGroups.AddRuleAsync(new SecurityGroupRule { Id = 0, ParentGroupId = found!.Id, ProtocolText = protocol, FromPort = from, ToPort = to, Cidr = Cidr.Parse(range) }, Cancel), Cancel);
    }

    /// <summary>A third server, on another host.</summary>
    public async Task BootElsewhereAsync(string name, string host) => await ServerAsync(3, name, await _operator.ProjectAsync(), host);

    public async Task RenameAsync(string group, string name)
    {
        var project = await _operator.ProjectAsync();
        await _operator.Store.WriteAsync(
            async s => await s.SecurityGroups.RenameAsync((await s.SecurityGroups.FindAsync(project, group, Cancel))!.Id, name, "", Cancel), Cancel);
    }

    public async Task<HostPicture> LookAsync(NovaSettings settings, Database store, CancellationToken cancel) => new(
        await new HostWishes(settings, store).ReadAsync(cancel),
        new TracedHost
        {
            Addresses = [new HostAddress(Ip.Parse("192.168.1.90"), SampleCloud.Uplink), new HostAddress(Ip.Parse("10.10.10.1"), DeviceName.Parse("br100"))],
            Routes = [new HostRoute(Cidr.AnyV4, SampleCloud.Uplink), new HostRoute(Cidr.Parse("10.10.10.0/24"), DeviceName.Parse("br100"))],
        },
        _saved is null ? null : new Dictionary<IpFamily, SavedRules> { [IpFamily.V4] = SavedRules.Parse(_saved) });

    public async Task<Listing> ListAsync(NovaSettings settings, Database store, CancellationToken cancel)
    {
        var policies = await new HostWishes(settings, store).ReadAsync(cancel);
        _kernel ??= new ModelKernel(policies, settings);
        _harm(_kernel);
        _harm = _ => { };
        return _kernel.List(policies, settings);
    }

    /// <summary>From the next look on, the kernel is not as the daemons made it.</summary>
    public void Harm(Action<ModelKernel> harm) => _harm += harm;

    public ValueTask DisposeAsync() => _operator.DisposeAsync();

    private static Guid IdOf(int number) => new(number, 0, 0, new byte[8]);

    private Task ServerAsync(int number, string name, string project, string host = "node1") => _operator.Store.WriteAsync(
        async s =>
        {
            var network = (await s.Networks.FindAsync(1, Cancel))!;
            await s.Instances.AddAsync(Sample.Instance(number) with { Uuid = IdOf(number), ProjectId = project, DisplayName = name, HostName = name, Host = host }, Cancel);
            var nic = (await s.VirtualInterfaces.AddAsync(network.Id, IdOf(number), Cancel))!;
            await s.FixedIps.TakeAsync(network, network.Cidr!.Value.At((UInt128)(number + 1)), nic.Id, IdOf(number), Cancel);
            await s.SecurityGroups.JoinAsync(IdOf(number), await s.SecurityGroups.AddAsync(project, name, "", Cancel), Cancel);
            _names.Add(($"{nic.TapName}", $"tap-of-{name}"));
            _names.Add(($"{nic.Mac}", $"mac-of-{name}"));
            return true;
        },
        Cancel);
}
