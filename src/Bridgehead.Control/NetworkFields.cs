using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>The record of one network from its request (section 5.4 of nova-network's behaviour). Pure.</summary>
internal static class NetworkFields
{
    public static Outcome<Network> Build(NetworkSpec spec, NovaSettings settings, (IPNetwork? V4, IPNetwork? V6) range, string label, DeviceName bridge)
    {
        if (!Addresses(spec).Succeeded(out var addresses, out var problem))
        {
            return problem;
        }

        var gateway = addresses["gateway"] ?? range.V4?.At(1);
        var server = addresses["dhcp_server"] ?? gateway;
        if (!Bounds(spec, range.V4, addresses).Succeeded(out var bounds, out problem))
        {
            return problem;
        }

        foreach (var (name, address) in new[] { ("gateway", gateway), ("dhcp_server", server) })
        {
            if (address is not null && range.V4 is { } v4 && !v4.Contains(address))
            {
                return Problem.Bad($"{name} {address} is not in {v4}.");
            }
        }

        return Record(spec, settings, range, (label, bridge), addresses) with { Gateway = gateway, DhcpServer = server, DhcpStart = range.V4?.At((UInt128)bounds.Bottom), Bottom = bounds.Bottom, Top = bounds.Top };
    }

    private static Outcome<Dictionary<string, IPAddress?>> Addresses(NetworkSpec spec)
    {
        var addresses = new Dictionary<string, IPAddress?>(StringComparer.Ordinal);
        (string Name, string? Text)[] given =
        [
            ("gateway", spec.Gateway), ("gateway_v6", spec.GatewayV6), ("dhcp_server", spec.DhcpServer), ("dns1", spec.Dns1), ("dns2", spec.Dns2),
            ("allowed_start", spec.AllowedStart), ("allowed_end", spec.AllowedEnd),
        ];
        foreach (var (name, text) in given)
        {
            if (text is not null && !Ip.TryParse(text, out _))
            {
                return Problem.Bad($"{name} {text} is not an IP address.");
            }

            addresses[name] = text is null ? null : Ip.Parse(text);
        }

        return spec.Mtu is < 68 or > 65535 ? Problem.Bad("mtu must be 68 to 65535.") : addresses;
    }

    private static Network Record(
        NetworkSpec spec, NovaSettings settings, (IPNetwork? V4, IPNetwork? V6) range, (string Label, DeviceName Bridge) names, Dictionary<string, IPAddress?> addresses)
    {
        return new Network
        {
            Id = 0,
            Uuid = spec.Uuid ?? Guid.NewGuid(),
            Label = names.Label,
            Cidr = range.V4,
            CidrV6 = range.V6,
            GatewayV6 = addresses["gateway_v6"] ?? range.V6?.At(1),
            EnableDhcp = spec.EnableDhcp,
            ShareAddress = spec.ShareAddress,
            MultiHost = spec.MultiHost ?? settings.MultiHost,
            Injected = settings.FlatInjected,
            Bridge = names.Bridge,
            BridgeInterface = DeviceName.TryParse(spec.BridgeInterface, out var device) ? device : null,
            Dns1 = addresses["dns1"] ?? settings.FlatNetworkDns,
            Dns2 = addresses["dns2"],
            Mtu = spec.Mtu,
            Priority = spec.Priority,
            ProjectId = spec.ProjectId,
        };
    }

    /// <summary>Indices of the first and last address for instances: without options the third and the last but one, as nova's Flat managers reserve.</summary>
    private static Outcome<(long Bottom, long Top)> Bounds(NetworkSpec spec, IPNetwork? range, Dictionary<string, IPAddress?> addresses)
    {
        if (range is not { } v4)
        {
            return (0L, -1L);
        }

        var (bottom, top) = (2L, (long)v4.Size() - 2);
        if (spec.FixedCidr is not null)
        {
            if (!Cidr.TryParse(spec.FixedCidr, out var inner) || !v4.Covers(inner))
            {
                return Problem.Bad($"fixed_cidr {spec.FixedCidr} is not a range inside {v4}.");
            }

            (bottom, top) = (Math.Max(bottom, IndexOf(v4, inner.BaseAddress)), Math.Min(top, IndexOf(v4, inner.Last())));
        }

        foreach (var name in new[] { "allowed_start", "allowed_end" })
        {
            if (addresses[name] is { } bound && !v4.Contains(bound))
            {
                return Problem.Bad($"{name} {bound} is not in {v4}.");
            }
        }

        // The network's own address and the broadcast are nobody's, whatever is allowed.
        bottom = addresses["allowed_start"] is { } start ? Math.Max(IndexOf(v4, start), 1) : bottom;
        top = addresses["allowed_end"] is { } end ? Math.Min(IndexOf(v4, end), (long)v4.Size() - 2) : top;
        return bottom <= top ? (bottom, top) : Problem.Bad("allowed_start must not come after allowed_end.");
    }

    private static long IndexOf(IPNetwork range, IPAddress address) => (long)(address.ToNumber() - range.BaseAddress.ToNumber());
}
