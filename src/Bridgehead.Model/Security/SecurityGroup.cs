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

    public long? SourceGroupId { get; init; }
}
