using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a list of servers is narrowed by. Null, or an empty list, means "any".</summary>
public sealed record InstanceFilter
{
    /// <summary>True: deleted ones; false: live ones; null: both.</summary>
    public bool? Deleted { get; init; } = false;

    /// <summary>Exact values, by column.</summary>
    public IReadOnlyDictionary<InstanceColumn, object> Exactly { get; init; } = new Dictionary<InstanceColumn, object>();

    /// <summary>Any of these statuses, as <see cref="ServerStatus"/> tells them.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    public DateTimeOffset? ChangedSince { get; init; }

    public TextMatch? Name { get; init; }

    /// <summary>Some fixed IPv4 address of the server matches.</summary>
    public TextMatch? Address4 { get; init; }

    /// <summary>Some fixed IPv6 address of the server matches.</summary>
    public TextMatch? Address6 { get; init; }

    /// <summary>Has all of these.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> TagsAny { get; init; } = [];

    /// <summary>Lacks one of these.</summary>
    public IReadOnlyList<string> NotTags { get; init; } = [];

    public IReadOnlyList<string> NotTagsAny { get; init; } = [];

    /// <summary>Narrows this one further.</summary>
    public InstanceFilter With(InstanceColumn column, object? value) =>
        value is null ? this : this with { Exactly = new Dictionary<InstanceColumn, object>(Exactly) { [column] = value } };
}

/// <summary>
/// How a text has to look: a plain piece of it, at its start or end or anywhere, which the database looks for; or a predicate, for which each text is read that the other conditions leave.
/// </summary>
public sealed record TextMatch
{
    public string Piece { get; private init; } = "";

    public bool AtStart { get; private init; }

    public bool AtEnd { get; private init; }

    public Func<string, bool>? Matches { get; private init; }

    public static TextMatch Plain(string piece, bool atStart, bool atEnd) => new() { Piece = piece, AtStart = atStart, AtEnd = atEnd };

    public static TextMatch Pattern(Func<string, bool> matches) => new() { Matches = matches };
}

/// <summary>Columns of servers that lists are filtered and sorted by.</summary>
public enum InstanceColumn
{
    Uuid,
    ProjectId,
    UserId,
    DisplayName,
    HostName,
    Description,
    FlavorId,
    ImageId,
    KeyName,
    AvailabilityZone,
    ReservationId,
    LaunchIndex,
    ConfigDrive,
    AccessIPv4,
    AccessIPv6,
    Locked,
    Host,
    VmState,
    TaskState,
    PowerState,
    Progress,
    CreatedAt,
    UpdatedAt,
    LaunchedAt,
    TerminatedAt,
}

/// <summary>The order of a list. Servers that are equal in all keys are told apart by their creation, in the first key's direction.</summary>
public sealed record InstanceOrder(IReadOnlyList<(InstanceColumn Column, bool Descending)> Keys)
{
    public static readonly InstanceOrder NewestFirst = new([(InstanceColumn.CreatedAt, true)]);
}
