using System.Net;

namespace Bridgehead.Model;

/// <summary>A project's named set of ingress rules; name unique in the project.</summary>
public sealed record SecurityGroup
{
    public const string DefaultName = "default";

    public required long Id { get; init; }

    public required string ProjectId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }
}

/// <summary>
/// An ingress allow rule. <see cref="Protocol"/> is <c>tcp</c>, <c>udp</c>, <c>icmp</c> or null (any); the caller's spelling is kept in <see cref="ProtocolText"/>.
/// For icmp, <see cref="FromPort"/> is the type and <see cref="ToPort"/> the code, -1 for any. Exactly one of <see cref="Cidr"/> and <see cref="SourceGroupId"/> is set.
/// </summary>
public sealed record SecurityGroupRule
{
    public required long Id { get; init; }

    public required long ParentGroupId { get; init; }

    public string? ProtocolText { get; init; }

    public string? Protocol => ProtocolText?.ToLowerInvariant();

    public int? FromPort { get; init; }

    public int? ToPort { get; init; }

    public IPNetwork? Cidr { get; init; }

    /// <summary>The range as it was given, where that has bits behind the prefix (<c>10.2.3.124/24</c>): users see it so, and packets are matched without them.</summary>
    public string? GivenCidr { get; init; }

    /// <summary>The range as users see it.</summary>
    public string? CidrText => GivenCidr ?? Cidr?.ToString();

    public long? SourceGroupId { get; init; }

    /// <summary>The rule with that range; null when the text is no <c>address/prefix</c>, or one of an address and the prefix 0.</summary>
    public SecurityGroupRule? WithCidr(string text) => !Model.Cidr.TryParseMasked(text, out var range, out var address) ? null
        : range.BaseAddress.Equals(address) ? this with { Cidr = range, GivenCidr = null }
        : range.PrefixLength > 0 ? this with { Cidr = range, GivenCidr = $"{address}/{range.PrefixLength}" }
        : null;
}
