namespace Bridgehead.Model;

/// <summary>Servers that a project wants on one host, or on different ones (table <c>server_groups</c>).</summary>
public sealed record ServerGroup
{
    public required Guid Uuid { get; init; }

    public required string ProjectId { get; init; }

    public required string UserId { get; init; }

    public required string Name { get; init; }

    /// <summary>One of <see cref="GroupPolicy"/>.</summary>
    public required string Policy { get; init; }
}

/// <summary>nova's names of what a server group may ask for. The soft ones are wishes that give way.</summary>
public static class GroupPolicy
{
    public const string Affinity = "affinity";
    public const string AntiAffinity = "anti-affinity";
    public const string SoftAffinity = "soft-affinity";
    public const string SoftAntiAffinity = "soft-anti-affinity";
}
