using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>A network asked for at boot, with an address in it or not.</summary>
public sealed record NetworkRequest(Guid Network, IPAddress? FixedIp);

/// <summary>What a user asks of a new server. <see cref="Networks"/> null: every network the project sees; empty: none.</summary>
public sealed record BootRequest
{
    public required string Name { get; init; }

    public required Guid ImageId { get; init; }

    public required string FlavorId { get; init; }

    public string? KeyName { get; init; }

    public string? UserData { get; init; }

    public string? Description { get; init; }

    /// <summary>A zone, or <c>zone:host</c> from an administrator.</summary>
    public string? AvailabilityZone { get; init; }

    public IReadOnlyList<NetworkRequest>? Networks { get; init; }

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public int MinCount { get; init; } = 1;

    public int MaxCount { get; init; } = 1;

    public IReadOnlyList<InjectedFile> Files { get; init; } = [];

    public bool ConfigDrive { get; init; }

    public string AccessIPv4 { get; init; } = "";

    public string AccessIPv6 { get; init; } = "";

    /// <summary>AUTO or MANUAL.</summary>
    public string DiskConfig { get; init; } = "MANUAL";

    public SchedulerHints Hints { get; init; } = SchedulerHints.None;
}
