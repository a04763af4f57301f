using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>A packet's events as they come in.</summary>
internal sealed class OpenWay
{
    private readonly List<TraceEvent> _events = [];
    private int _rank = -1;
    private int _trunk = -1;
    private string _trunkIdentity = "";
    private bool _fromHost;
    private bool _bridged;
    private bool _filtered;
    private bool _leftHost;

    public IReadOnlyList<TraceEvent> Events => _events;

    /// <summary>The packet as it was seen last: the same packet comes to its next hook like that.</summary>
    public string Identity { get; private set; } = "";

    public long HeardAt { get; private set; }

    /// <summary>Its verdict is known.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>A bridge made copies where prerouting ended, and the others took ways of their own from there.</summary>
    public bool CanBranch(string identity) => _trunk > 0 && _trunkIdentity == identity;

    /// <summary>A copy that comes to another end.</summary>
    public OpenWay Branch()
    {
        var branch = new OpenWay { _fromHost = _fromHost, _rank = RankOf("ip", NftHook.Prerouting), _trunk = _trunk, _trunkIdentity = _trunkIdentity, Identity = _trunkIdentity };
        branch._events.AddRange(_events.Take(_trunk));
        return branch;
    }

    /// <summary>Whether a packet that has come as far as this can come to where this event is. Each hook is passed once.</summary>
    public bool LeadsTo(TraceEvent first, TraceMarker? marker) => !IsComplete && (marker is not { Kind: MarkerKind.Begin or MarkerKind.Follow } begin || RankOf(first.Family, begin.Hook) > _rank);

    /// <param name="isBridge">Whether a device is a bridge: what is sent by it passes the bridge's hooks too.</param>
    public void Add(TraceEvent told, TraceMarker? marker, long now, Func<Model.DeviceName, bool> isBridge)
    {
        _fromHost |= _events.Count == 0 && told.Input is null;
        if (marker is { Kind: MarkerKind.Begin or MarkerKind.Follow } begin)
        {
            Come(told, begin.Hook);
        }

        _events.Add(told);
        HeardAt = now;
        Identity = told.Headers?.Identity() ?? Identity;
        IsComplete |= told.Verdict == EventVerdict.Drop || (marker is { Kind: MarkerKind.End } end && EndsAt(told, end.Hook, isBridge));
    }

    private void Come(TraceEvent told, NftHook hook)
    {
        _rank = Math.Max(_rank, RankOf(told.Family, hook));
        var afterPrerouting = _rank > RankOf("ip", NftHook.Prerouting);
        if (!_fromHost && afterPrerouting && _trunk < 0)
        {
            (_trunk, _trunkIdentity) = (_events.Count, Identity);
        }

        _bridged |= told.Family == "bridge" && hook == NftHook.Forward;
        _filtered |= told.Family != "bridge" && hook == NftHook.Forward;
    }

    private bool EndsAt(TraceEvent told, NftHook hook, Func<Model.DeviceName, bool> isBridge)
    {
        if (told.Family == "bridge")
        {
            // What is bridged and filtered passes the host's last hook after the bridge's.
            return hook == NftHook.Postrouting && (_leftHost || (_bridged && !_filtered));
        }

        if (hook != NftHook.Postrouting || told.Output is not { } output)
        {
            return hook == NftHook.Input;
        }

        // By the loopback it comes back; a bridge is a switch behind the host, with hooks of its own.
        _leftHost = output != TracedHost.Loopback;
        return _leftHost && (_bridged || !isBridge(output));
    }

    /// <summary>The order in which a packet comes to hooks. The bridge's last hook is before the host's when it bridges, and after it when the host sends.</summary>
    private int RankOf(string family, NftHook hook) => (family, hook) switch
    {
        ("bridge", NftHook.Prerouting) => 0,
        (_, NftHook.Prerouting) => _fromHost ? 9 : 1,
        (_, NftHook.Output) when family != "bridge" => 0,
        ("bridge", NftHook.Input or NftHook.Forward) => 2,
        (_, NftHook.Input or NftHook.Forward) => _fromHost ? 10 : 3,
        ("bridge", NftHook.Postrouting) when _bridged => 4,
        (_, NftHook.Postrouting) when family != "bridge" => 5,
        ("bridge", NftHook.Output) => 6,
        _ => 7,
    };
}
