using System.Net;
using Bridgehead.Model;
using static Bridgehead.Rules.Nftables.NftExpression;

namespace Bridgehead.Rules.Nftables;

/// <summary>The table <c>bridgehead</c> of one family: its skeleton, which all workers of a host share, and the names in it (see docs/nftables.md).</summary>
internal sealed class FilterTable
{
    public const string Name = "bridgehead";

    /// <summary>Far more addresses than a host has room for instances: a bridge has 1,023 ports.</summary>
    private const uint MostInstances = 65536;

    private FilterTable(NftFamily family)
    {
        Table = new NftTable(family, Name);
        Address = family == NftFamily.Ip ? NftType.Ipv4Addr : NftType.Ipv6Addr;
        AddressKey = [Address];
        (Source, Destination) = family == NftFamily.Ip ? (NftField.IpSource, NftField.IpDestination) : (NftField.Ip6Source, NftField.Ip6Destination);
        PortsFrom = new NftFields(Source, NftField.L4Protocol, NftField.TransportDestination);
        Instances = new NftSet(Id("inst"), AddressKey, NftType.Mark) { Size = MostInstances };
        Classes = new NftSet(Id("cls"), [NftType.Mark], NftType.Verdict) { Size = MostInstances };
        (Local, ToVm, Unrouted, Reached, Bridges) = (Chain("local"), Chain("to_vm"), Chain("unrouted"), Chain("reached"), Chain("bridges"));
        (Forward, Output) = (Chain("forward") with { Base = new NftBase(NftHook.Forward, 0) }, Chain("output") with { Base = new NftBase(NftHook.Output, 0) });
        Skeleton = Draft().Done();
    }

    public static FilterTable V4 { get; } = new(NftFamily.Ip);

    public static FilterTable V6 { get; } = new(NftFamily.Ip6);

    public NftTable Table { get; }

    public NftType Address { get; }

    /// <summary>The key of a set of addresses; there are thousands of them in the making.</summary>
    public IReadOnlyList<NftType> AddressKey { get; }

    public NftField Source { get; }

    public NftField Destination { get; }

    /// <summary>Where a packet is from, and which port of which protocol it is for.</summary>
    public NftFields PortsFrom { get; }

    /// <summary>Address of an instance, to its class.</summary>
    public NftSet Instances { get; }

    /// <summary>Class, to its chain.</summary>
    public NftSet Classes { get; }

    /// <summary>Rules of networks without gateway; nova-network's.</summary>
    public NftChain Bridges { get; }

    public NftChain Unrouted { get; }

    public NftContribution Skeleton { get; }

    private NftChain Local { get; }

    private NftChain ToVm { get; }

    private NftChain Reached { get; }

    private NftChain Forward { get; }

    private NftChain Output { get; }

    /// <summary>Whether the address is of the table's family.</summary>
    public bool Has(IPAddress address) => address.IsV4() == (Address == NftType.Ipv4Addr);

    public NftId Id(string name) => new(Table, name);

    public NftChain Chain(string name) => new(Id(name));

    /// <summary>Everything of the skeleton.</summary>
    public bool IsShared(NftId id) => IsFixed(id) || id == Bridges.Id || id == Instances.Id || id == Classes.Id;

    /// <summary>Chains of the skeleton whose rules never change.</summary>
    public bool IsFixed(NftId id) => id == Local.Id || id == ToVm.Id || id == Unrouted.Id || id == Reached.Id || id == Forward.Id || id == Output.Id;

    private MarkFromMap ClassOfInstance => new(new NftFields(Destination), Instances.Id.Name);

    private NftDraft Draft()
    {
        var answers = new NftRule("connections that were let in, and what belongs to them", new CtState(NftCtStates.Established | NftCtStates.Related), new Accept());
        return new NftDraft("skeleton")
            .Own(Instances, Classes)
            .Own(Forward, Output, Bridges, Unrouted, Reached, Local, ToVm)
            .Add(Forward, new NftRule("networks without gateway", new Jump(Bridges.Id.Name)), answers, new NftRule("instances of this host", new Jump(Local.Id.Name)))
            .Add(Output, answers, new NftRule("instances of this host", new Jump(Local.Id.Name)))
            .Add(Unrouted, new NftRule("its instances are reached", ClassOfInstance, new Goto(Reached.Id.Name)), new NftRule("the network has no gateway: nothing else is", new Counter(), new Drop()))
            .Add(Reached, answers, new NftRule("what opens a connection is looked at by the instance's class", new Goto(ToVm.Id.Name)))
            .Add(Local, new NftRule("whatever opens a connection to an instance is looked at by its class", ClassOfInstance, new Goto(ToVm.Id.Name)))
            .Add(
                ToVm,
                new NftRule("packets of no connection", new CtState(NftCtStates.Invalid), new Counter(), new Drop()),
                new NftRule("the class of the instance decides", new VerdictFromMap(new NftFields(NftField.Mark), Classes.Id.Name)),
                new NftRule("a class without chain lets nothing in", new Counter(), new Drop()));
    }
}
