using Bridgehead.Model;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>One real packet's way from hook to hook, from what the kernel told.</summary>
internal sealed class WayWalk
{
    private readonly RuleBook _book;
    private readonly TracedHost _host;
    private readonly PacketWay _way;
    private readonly WayFacts _facts;
    private readonly TraceLog _log = new();
    private SectionWalk? _section;
    private SectionWalk? _before;
    private Packet _packet;
    private NftHook _hook;
    private DeviceName? _output;
    private Fate? _fate;
    private bool _routed;

    public WayWalk(RuleBook book, TracedHost host, PacketWay way)
    {
        (_book, _host, _way, _facts) = (book, host, way, new WayFacts(way, host));
        _packet = _facts.Packet;
        _hook = _packet.Input is null ? NftHook.Output : NftHook.Prerouting;
    }

    /// <summary>Chains that translate are asked for it; later packets have what was decided for the first.</summary>
    private bool IsFirstOfConnection => _packet.State is ConnectionState.New or ConnectionState.Related;

    public Trace Run()
    {
        foreach (var told in _way.Events)
        {
            var marker = _way.MarkerOf(told);
            if (told.IsFirst)
            {
                Close();
                See(told);
            }

            if (marker is { } mark)
            {
                Pass(told, mark);
            }
            else
            {
                Meet(told);
            }
        }

        Close();
        var fate = _fate ?? Unfinished();
        return new Trace(_facts.Packet, _packet, fate == Fate.Sent ? _output : null, fate, _log.Steps);
    }

    /// <summary>The packet as the next base chain sees it: what is another than before was translated in between.</summary>
    private void See(TraceEvent first)
    {
        var seen = first.Headers!.ToPacket() with { Input = _packet.Input, Port = _packet.Port, SourceMac = _packet.SourceMac, State = _packet.State, DestinationTranslated = _packet.DestinationTranslated };
        if (TranslationText.IsNone(_packet, seen))
        {
            return;
        }

        var text = TranslationText.Of(_packet, seen);
        _log.Add(IsFirstOfConnection && _before is { DecidedAt: > 0 and var depth, Steps: [var hook, ..] }
            ? new TraceStep(TraceKind.Translation, depth, hook.Chain, text)
            : new TraceStep(TraceKind.Translation, 0, "", $"its connection's translation: {text}"));
        var another = !seen.Destination.Equals(_packet.Destination) || seen.DestinationPort != _packet.DestinationPort;
        _packet = seen with { DestinationTranslated = seen.DestinationTranslated || (IsFirstOfConnection && another) };
    }

    private void Pass(TraceEvent told, TraceMarker marker)
    {
        if (!told.IsFirst)
        {
            return;
        }

        var host = told.Family != "bridge";
        if (marker.Kind is MarkerKind.Begin or MarkerKind.Follow)
        {
            _hook = marker.Hook;
            if (host)
            {
                Route(told);
            }
        }
        else if (marker.Kind == MarkerKind.End && host && marker.Hook == NftHook.Input)
        {
            _fate = Fate.Delivered;
        }
        else if (marker.Kind == MarkerKind.End && host && marker.Hook == NftHook.Postrouting)
        {
            (_fate, _output) = (Fate.Sent, told.Output ?? _output);
        }
        else if (marker.Kind == MarkerKind.End && marker.Hook == NftHook.Postrouting && _facts.Bridged && !_routed)
        {
            _log.Note(RoutingText.PastRules(_facts.Packet.Input!.Value, _packet.IsV4));
            (_fate, _output) = (Fate.Sent, _facts.Packet.Input);
        }
    }

    private void Route(TraceEvent told)
    {
        if (_hook is NftHook.Forward || (_hook == NftHook.Postrouting && _facts.Packet.Input is null))
        {
            _routed = true;
            _output = told.Output ?? _output;
            _log.Note(_facts.Bridged ? RoutingText.Bridged(_facts.Packet.Input!.Value) : _output is { } by ? RoutingText.To(_packet.Destination, by) : RoutingText.NoRoute(_packet.Destination));
        }
        else if (_hook == NftHook.Input && _facts.Packet.Input is not null)
        {
            _log.Note(RoutingText.Local);
        }
    }

    private void Meet(TraceEvent told)
    {
        if (_section is null)
        {
            var passing = new Passing(_packet, _host) { Input = _hook == NftHook.Postrouting ? null : told.Input, Output = told.Output };
            _section = new SectionWalk(_book, told, _hook, passing);
        }

        _section.Take(told);
        _fate = _section.Dropped ? Fate.Dropped : _fate;
    }

    private void Close()
    {
        foreach (var step in _section?.Steps ?? [])
        {
            _log.Add(step);
        }

        (_before, _section) = (_section, null);
    }

    /// <summary>The kernel told no end: whatever lost the packet is none of the hooks.</summary>
    private Fate Unfinished()
    {
        _log.Note(_facts.Packet.Input is not null && !_routed && RoutingText.LossOf(_packet, _host) is { } loss
            ? loss
            : $"nothing more was told of it after {_hook.ToString().ToLowerInvariant()}: the host's own checks or routing lost it, or something holds it back");
        return Fate.Unroutable;
    }
}
