using System.Net;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>A network asked for, as text where a user typed it: the checks are here (section 5.2 of nova-network's behaviour).</summary>
public sealed record NetworkSpec
{
    public required string Label { get; init; }

    public string? Cidr { get; init; }

    public string? CidrV6 { get; init; }

    public string? Gateway { get; init; }

    public string? GatewayV6 { get; init; }

    public string? Bridge { get; init; }

    public string? BridgeInterface { get; init; }

    public string? Dns1 { get; init; }

    public string? Dns2 { get; init; }

    public string? DhcpServer { get; init; }

    public string? AllowedStart { get; init; }

    public string? AllowedEnd { get; init; }

    public string? FixedCidr { get; init; }

    public string? ProjectId { get; init; }

    public Guid? Uuid { get; init; }

    public int? Mtu { get; init; }

    public int Priority { get; init; }

    public bool? MultiHost { get; init; }

    public bool EnableDhcp { get; init; } = true;

    public bool ShareAddress { get; init; }

    /// <summary>How many networks the range is split into.</summary>
    public int NumNetworks { get; init; } = 1;

    /// <summary>Addresses of each; null: the range divided by their number.</summary>
    public int? NetworkSize { get; init; }
}

/// <summary>Creates networks. The cost does not depend on their size: addresses are allocated when they are needed.</summary>
public sealed class CreateNetwork(Database store, NovaSettings settings)
{
    public Task<Outcome<IReadOnlyList<Network>>> RunAsync(NetworkSpec spec, CancellationToken cancel) => store.TryWriteAsync<IReadOnlyList<Network>>(
        async session =>
        {
            if (!Plan(spec).Succeeded(out var networks, out var problem))
            {
                return problem;
            }

            var existing = await session.Networks.ListAsync(cancel);
            var created = new List<Network>();
            foreach (var network in networks)
            {
                if (existing.Find(other => Overlap(other, network)) is { } other)
                {
                    return Problem.Conflicting($"Requested cidr ({network.Cidr ?? network.CidrV6}) conflicts with existing network {other.Label} ({other.Cidr ?? other.CidrV6}).");
                }

                created.Add(network with { Id = await session.Networks.AddAsync(network, cancel) });
            }

            return created;
        },
        cancel);

    /// <summary>The networks that a request asks for. Pure.</summary>
    public Outcome<IReadOnlyList<Network>> Plan(NetworkSpec spec)
    {
        if (Text.CheckName("Network label", spec.Label) is { } wrong)
        {
            return wrong;
        }

        if (spec.Cidr is null && spec.CidrV6 is null)
        {
            return Problem.Bad("Network create requires at least one of cidr and cidr_v6.");
        }

        var bridge = spec.Bridge ?? settings.FlatNetworkBridge;
        if (!DeviceName.TryParse(bridge, out var bridgeName) || (spec.BridgeInterface is not null && !DeviceName.TryParse(spec.BridgeInterface, out _)))
        {
            return Problem.Bad($"'{(DeviceName.TryParse(bridge, out _) ? spec.BridgeInterface : bridge)}' is not an interface name.");
        }

        if (NetworkRanges.CheckBridge(bridge, spec.BridgeInterface, settings) is { } taken)
        {
            return taken;
        }

        if (!Ranges(spec).Succeeded(out var ranges, out var problem))
        {
            return problem;
        }

        var networks = new List<Network>();
        foreach (var (v4, v6) in ranges)
        {
            var label = ranges.Count > 1 ? $"{spec.Label}_{networks.Count}" : spec.Label;
            if (!NetworkFields.Build(spec, settings, (v4, v6), label, bridgeName).Succeeded(out var network, out problem))
            {
                return problem;
            }

            networks.Add(network);
        }

        return networks;
    }

    private static Outcome<IReadOnlyList<(IPNetwork? V4, IPNetwork? V6)>> Ranges(NetworkSpec spec)
    {
        IPNetwork v4 = default, v6 = default;
        if (spec.Cidr is not null && (!Cidr.TryParse(spec.Cidr, out v4) || !v4.IsV4()))
        {
            return Problem.Bad($"cidr {spec.Cidr} is not a valid IPv4 network: write it as address/prefix without host bits, such as 10.10.10.0/24.");
        }

        if (spec.Cidr is not null && NetworkRanges.Check(v4) is { } special)
        {
            return special;
        }

        if (spec.CidrV6 is not null && (!Cidr.TryParse(spec.CidrV6, out v6) || v6.IsV4() || v6.PrefixLength > 64))
        {
            return Problem.Bad($"cidr_v6 {spec.CidrV6} is not a valid IPv6 network of at most /64.");
        }

        if (spec.NetworkSize is < 4)
        {
            return Problem.Bad("network_size must be at least 4.");
        }

        if (spec.NumNetworks is < 1 or > 4096)
        {
            return Problem.Bad("num_networks must be 1 to 4096.");
        }

        var ranges = new List<(IPNetwork?, IPNetwork?)>();
        for (var i = 0; i < spec.NumNetworks; i++)
        {
            var one = spec.Cidr is null ? (IPNetwork?)null : Part(v4, spec, i);
            if (spec.Cidr is not null && (one is null || one.Value.Size() < 4))
            {
                return Problem.Bad($"{spec.Cidr} is too small for {spec.NumNetworks} networks of {spec.NetworkSize?.ToString() ?? "at least 4"} addresses.");
            }

            ranges.Add((one, spec.CidrV6 is null ? null : new IPNetwork(v6.At((UInt128)i << 64), spec.NumNetworks > 1 ? 64 : v6.PrefixLength)));
        }

        return ranges;
    }

    /// <summary>The i-th of equal parts, each a power of two; null when it does not fit.</summary>
    private static IPNetwork? Part(IPNetwork range, NetworkSpec spec, int index)
    {
        if (spec.NumNetworks == 1 && spec.NetworkSize is null)
        {
            return range;
        }

        var wanted = (UInt128)(spec.NetworkSize ?? 0);
        var size = UInt128.One;
        while (wanted > 0 ? size < wanted : size * 2 * (UInt128)spec.NumNetworks <= range.Size())
        {
            size *= 2;
        }

        var start = size * (UInt128)index;
        return start + size > range.Size() ? null : new IPNetwork(range.At(start), 32 - (int)UInt128.Log2(size));
    }

    private static bool Overlap(Network one, Network other) =>
        (one.Cidr is { } a && other.Cidr is { } b && a.Overlaps(b)) || (one.CidrV6 is { } c && other.CidrV6 is { } d && c.Overlaps(d));
}
