using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>The checks of a rule (section 3.5 of nova-network's behaviour). Pure.</summary>
public static class RuleChecks
{
    public static Outcome<SecurityGroupRule> Check(RuleRequest request)
    {
        var protocol = request.Protocol?.ToLowerInvariant();
        if (protocol is not (null or "tcp" or "udp" or "icmp"))
        {
            return Problem.Bad($"Invalid IP protocol {request.Protocol}.");
        }

        var (from, to) = (request.FromPort, request.ToPort);
        if (request.GroupId is not null && protocol is not null && from is null && to is null)
        {
            (from, to) = protocol == "icmp" ? (-1, -1) : (1, 65535);
        }

        var rule = new SecurityGroupRule
        {
            Id = 0,
            ParentGroupId = request.ParentGroupId,
            ProtocolText = request.Protocol,
            FromPort = protocol is null ? null : from,
            ToPort = protocol is null ? null : to,
            SourceGroupId = request.GroupId,
        };
        return CheckPorts(request, protocol, from, to) is { } wrong ? wrong
            : request.GroupId is not null ? rule
            : rule.WithCidr(request.Cidr ?? "0.0.0.0/0") is { } ranged ? ranged
            : Problem.Bad($"Invalid cidr {request.Cidr}: it must be an address and a prefix length, such as 10.0.0.0/8; of a prefix of 0 the address is 0.");
    }

    public static bool Same(SecurityGroupRule one, SecurityGroupRule other) =>
        one.Protocol == other.Protocol && one.FromPort == other.FromPort && one.ToPort == other.ToPort && one.Cidr.Equals(other.Cidr) && one.SourceGroupId == other.SourceGroupId;

    private static Problem? CheckPorts(RuleRequest request, string? protocol, int? from, int? to)
    {
        if (protocol is null)
        {
            return request.GroupId is null ? Problem.Bad("Not enough parameters to build a valid rule: protocol and ports are needed.") : null;
        }

        if (from is not { } first || to is not { } last)
        {
            return Problem.Bad("Not enough parameters to build a valid rule: both ports are needed.");
        }

        if (protocol == "icmp")
        {
            return first is < -1 or > 255 || last is < -1 or > 255 ? Problem.Bad($"Invalid ICMP type and code {first}:{last}: each is -1 to 255.") : null;
        }

        return first < 1 || last > 65535 || first > last
            ? Problem.Bad($"Invalid port range {first}:{last}. Valid {protocol.ToUpperInvariant()} ports should be between 1-65535, the first not above the last.")
            : null;
    }
}
