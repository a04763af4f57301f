using Bridgehead.Model;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>One packet's way from hook to hook.</summary>
internal sealed class PacketWalk(Ruleset rules, Ruleset? guard, TracedHost host, Packet packet)
{
    private readonly Passing _passing = new(packet, host);
    private readonly TraceLog _log = new();
    private DeviceName? _output;

    public Trace Run()
    {
        var fate = packet.Input is { } input ? ComesIn(input) : FromHost();
        return new Trace(packet, _passing.Packet, fate == Fate.Sent ? _output : null, fate, _log.Steps);
    }

    private Fate ComesIn(DeviceName input)
    {
        if (packet.Port is { } port && guard is not null && !Passes(guard, NftHook.Prerouting, port, null))
        {
            return Fate.Dropped;
        }

        var bridged = host.IsBridged(packet);
        if (bridged && !(packet.IsV4 ? host.FiltersBridgedV4 : host.FiltersBridgedV6))
        {
            _log.Note(RoutingText.PastRules(input, packet.IsV4));
            _output = input;
            return Fate.Sent;
        }

        if (!Passes(rules, NftHook.Prerouting, input, null))
        {
            return Fate.Dropped;
        }

        if (bridged && _passing.Packet.Destination.Equals(packet.Destination))
        {
            _log.Note(RoutingText.Bridged(input));
            _output = input;
            return Forward(input);
        }

        return Routed(input);
    }

    private Fate Routed(DeviceName input)
    {
        if (RoutingText.LossOf(_passing.Packet, host) is { } loss)
        {
            return Lost(loss);
        }

        var to = _passing.Packet.Destination;
        if (host.IsLocal(to))
        {
            _log.Note(RoutingText.Local);
            return Passes(rules, NftHook.Input, input, null) ? Fate.Delivered : Fate.Dropped;
        }

        _output = host.DeviceTo(to);
        _log.Note(IsSwitchedBack(input) ? RoutingText.Bridged(input) : RoutingText.To(to, _output!.Value));
        return Forward(input);
    }

    /// <summary>A packet from a bridge whose new destination is behind that bridge too is handed back to it, whatever it was sent to.</summary>
    private bool IsSwitchedBack(DeviceName input) => _output == input && !_passing.Packet.Destination.Equals(packet.Destination) && host.Bridges.Any(bridge => bridge.Device == input)
        && (packet.IsV4 ? host.FiltersBridgedV4 : host.FiltersBridgedV6);

    private Fate Forward(DeviceName input) =>
        Passes(rules, NftHook.Forward, input, _output) && Passes(rules, NftHook.Postrouting, null, _output) ? Fate.Sent : Fate.Dropped;

    /// <summary>Routing comes first, to find the interface, and again when the destination is translated.</summary>
    private Fate FromHost()
    {
        if (!Route())
        {
            return Lost(RoutingText.NoRoute(packet.Destination));
        }

        if (!Passes(rules, NftHook.Output, null, _output))
        {
            return Fate.Dropped;
        }

        if (!Route())
        {
            return Lost(RoutingText.NoRoute(_passing.Packet.Destination));
        }

        _log.Note(RoutingText.To(_passing.Packet.Destination, _output!.Value));
        if (!Passes(rules, NftHook.Postrouting, null, _output))
        {
            return Fate.Dropped;
        }

        if (_output != TracedHost.Loopback)
        {
            return Fate.Sent;
        }

        return Passes(rules, NftHook.Input, TracedHost.Loopback, null) ? Fate.Delivered : Fate.Dropped;
    }

    private bool Route()
    {
        var to = _passing.Packet.Destination;
        _output = host.IsOwn(to) ? TracedHost.Loopback : host.DeviceTo(to);
        return _output is not null;
    }

    private bool Passes(Ruleset set, NftHook hook, DeviceName? input, DeviceName? output)
    {
        (_passing.Input, _passing.Output) = (input, output);
        foreach (var chain in set.ChainsAt(hook, packet.IsV4))
        {
            if (chain.Nat && !AsksNat())
            {
                _log.Note($"{hook.ToString().ToLowerInvariant()}: {chain.Table} is not asked: {(packet.State == ConnectionState.Invalid ? "the packet is of no connection" : "the connection has its translation")}");
            }
            else if (!new ChainWalk(set, chain, hook, _passing, _log).Passes())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An ICMP error follows the connection that it is about; other related packets begin a connection of their own.</summary>
    private bool AsksNat() => packet.State switch
    {
        ConnectionState.New => true,
        ConnectionState.Related => packet.Protocol is not (Packet.Icmp or Packet.Icmp6),
        _ => false,
    };

    private Fate Lost(string why)
    {
        _log.Note(why);
        return Fate.Unroutable;
    }
}
