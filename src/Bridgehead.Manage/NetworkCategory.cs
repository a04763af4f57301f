using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage network</c>.</summary>
internal static class NetworkCategory
{
    private static readonly string[] VlanOnly = ["vlan", "vlan_start", "vpn_start"];

    private static readonly IReadOnlyList<Parameter> CreateParameters =
    [
        new("label", "name of the network; several networks get _0, _1 … appended"),
        new("cidr", "IPv4 range, such as 10.10.10.0/24") { Flag = "--fixed_range_v4", Aliases = ["--range_v4", "--fixed_range"] },
        new("num_networks", "how many networks the range is split into"),
        new("network_size", "addresses of each network"),
        new("multi_host", "T or F: every compute host is the gateway of its own instances"),
        new("vlan", "not there yet"),
        new("vlan_start", "not there yet"),
        new("vpn_start", "not there yet") { Flag = "--vpn" },
        new("cidr_v6", "IPv6 range") { Flag = "--fixed_range_v6", Aliases = ["--range_v6"] },
        new("gateway", "IPv4 gateway; else the first address"),
        new("gateway_v6", "IPv6 gateway; else the first address"),
        new("bridge", "bridge of the instances; else flat_network_bridge"),
        new("bridge_interface", "interface on the bridge; else flat_interface"),
        new("dns1", "first DNS server; else flat_network_dns"),
        new("dns2", "second DNS server"),
        new("project_id", "the only project that may use the network, by id or name") { Aliases = ["--project"] },
        new("priority", "order of the interfaces of an instance, lowest first"),
        new("uuid", "uuid of the network; else a random one"),
        new("fixed_cidr", "range inside the network that instances' addresses are taken from"),
        new("mtu", "bytes"),
        new("dhcp_server", "address of the DHCP server; else the gateway"),
        new("allowed_start", "first address for instances"),
        new("allowed_end", "last address for instances"),
    ];

    private static readonly Parameter RangeParameter = new("fixed_range", "the network's IPv4 or IPv6 range") { Aliases = ["--cidr"] };

    public static ManageCategory Category { get; } = new("network", "networks of instances",
    [
        new ManageAction("create", "create one network or several", CreateParameters, CreateAsync),
        new ManageAction("list", "list all networks", [], ListAsync),
        new ManageAction("delete", "delete a network that nobody uses", [RangeParameter, new Parameter("uuid", "the network's uuid")], DeleteAsync),
        new ManageAction("modify", "give a network to a project or host, or take it back", ModifyParameters(), ModifyAsync),
    ]);

    private static IReadOnlyList<Parameter> ModifyParameters() =>
    [
        RangeParameter with { Required = true },
        new("project", "the project that gets it, by id or name"),
        new("host", "its network host"),
        new("disassociate_project", "every project may use it") { Boolean = true },
        new("disassociate_host", "the next network host that wants it may have it") { Boolean = true },
    ];

    private static async Task<int> CreateAsync(ManageCall call)
    {
        if (VlanOnly.FirstOrDefault(call.Has) is { } vlan)
        {
            return call.Refuse($"VLAN mode is not there yet: leave out {CreateParameters.First(p => p.Name == vlan).Flag}.");
        }

        if (call["label"] is null)
        {
            return call.Refuse("The network needs a label: network create LABEL RANGE.", 2);
        }

        if (!(await SpecAsync(call)).Succeeded(out var spec, out var problem))
        {
            return call.Refuse(problem.Message);
        }

        return call.End(await new CreateNetwork(await call.StoreAsync(), call.Settings).RunAsync(spec, call.Cancel));
    }

    private static async Task<Outcome<NetworkSpec>> SpecAsync(ManageCall call)
    {
        if (!NetworkNumbers.Of(call).Succeeded(out var numbers, out var problem) || !(await call.ProjectAsync("project_id")).Succeeded(out var project, out problem))
        {
            return problem;
        }

        return new NetworkSpec
        {
            Label = call["label"]!,
            Cidr = call["cidr"],
            CidrV6 = call["cidr_v6"],
            Gateway = call["gateway"],
            GatewayV6 = call["gateway_v6"],
            Bridge = call["bridge"],
            BridgeInterface = call["bridge_interface"] ?? call.Settings.FlatInterface,
            Dns1 = call["dns1"],
            Dns2 = call["dns2"],
            DhcpServer = call["dhcp_server"],
            AllowedStart = call["allowed_start"],
            AllowedEnd = call["allowed_end"],
            FixedCidr = call["fixed_cidr"],
            ProjectId = project,
            Uuid = numbers.Uuid,
            Mtu = numbers.Mtu,
            Priority = numbers.Priority,
            MultiHost = numbers.MultiHost,
            ShareAddress = call.Settings.ShareDhcpAddress,
            NumNetworks = numbers.Networks,
            NetworkSize = numbers.Size,
        };
    }

    private static async Task<int> ListAsync(ManageCall call)
    {
        var networks = await call.ReadAsync(s => s.Networks.ListAsync(call.Cancel));
        if (networks.Count == 0)
        {
            await call.Output.WriteLineAsync("No networks found");
            return 0;
        }

        await WriteAsync(call, "id", "IPv4", "IPv6", "start address", "DNS1", "DNS2", "VlanID", "project", "uuid");
        foreach (var n in networks)
        {
            await WriteAsync(call, n.Id, n.Cidr, n.CidrV6, n.DhcpStart, n.Dns1, n.Dns2, n.Vlan, n.ProjectId, n.Uuid);
        }

        return 0;
    }

    private static Task WriteAsync(ManageCall call, params object?[] cells) => call.Output.WriteLineAsync(Layout.Tabs([5, 18, 15, 15, 15, 15, 15, 15, 15], cells));

    private static async Task<int> DeleteAsync(ManageCall call)
    {
        if (call["fixed_range"] is null && call["uuid"] is null)
        {
            return call.Refuse("Which network? Give its range or --uuid.", 2);
        }

        return (await FindAsync(call)).Succeeded(out var network, out var problem)
            ? call.End(await new NetworkActions(await call.StoreAsync()).DeleteAsync(network.Uuid, call.Cancel))
            : call.Refuse(problem.Message);
    }

    private static async Task<int> ModifyAsync(ManageCall call)
    {
        foreach (var what in new[] { "project", "host" })
        {
            if (call.Has(what) && call.Has($"disassociate_{what}"))
            {
                return call.Refuse($"--{what} and --disassociate_{what} exclude each other.");
            }
        }

        if (!(await FindAsync(call)).Succeeded(out var network, out var problem) || !(await call.ProjectAsync("project")).Succeeded(out var project, out problem))
        {
            return call.Refuse(problem.Message);
        }

        var actions = new NetworkActions(await call.StoreAsync());
        var changed = call.Has("project") || call.Has("disassociate_project") ? await actions.SetProjectAsync(network.Uuid, project, call.Cancel) : default(Done);
        return call.End(changed.Problem is null && (call.Has("host") || call.Has("disassociate_host")) ? await actions.SetHostAsync(network.Uuid, call["host"], call.Cancel) : changed);
    }

    /// <summary>By uuid, else by its exact range.</summary>
    private static async Task<Outcome<Network>> FindAsync(ManageCall call)
    {
        var networks = await call.ReadAsync(s => s.Networks.ListAsync(call.Cancel));
        if (call["uuid"] is { } text)
        {
            return Guid.TryParse(text, out var uuid) && networks.Find(n => n.Uuid == uuid) is { } known ? known : Problem.Missing($"Network {text} could not be found.");
        }

        if (!Cidr.TryParse(call["fixed_range"], out var range))
        {
            return Problem.Bad($"{call["fixed_range"]} is not a range without host bits, such as 10.10.10.0/24.");
        }

        return networks.Find(n => n.Cidr == range || n.CidrV6 == range) is { } found ? found : Problem.Missing($"There is no network with the range {range}.");
    }
}
