using System.Globalization;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>What a list of servers is asked for, read from its query. As in nova, what only administrators may filter by is ignored from others, and what nobody knows is ignored.</summary>
internal sealed class ServerQuery
{
    /// <summary>Every parameter that is read.</summary>
    public static readonly string[] Known =
    [
        "all_tenants", "tenant_id", "project_id", "name", "status", "image", "flavor", "ip", "ip6", "reservation_id", "key_name", "changes-since", "tags", "tags-any", "not-tags", "not-tags-any",
        "deleted", "host", "uuid", "user_id", "availability_zone", "locked", "vm_state", "task_state", "power_state", "created_at", "updated_at", "launched_at", "terminated_at", "description",
        "config_drive", "access_ip_v4", "access_ip_v6", "hostname", "node", "progress", "launch_index", "sort_key", "sort_dir", "limit", "marker",
    ];

    private const int Address6 = 5;
    private const int TagFilters = 26;
    private const int InvalidStatusRefused = 38;

    private static readonly (string Name, InstanceColumn Column, Func<string, object?> Read)[] AdminFilters =
    [
        ("host", InstanceColumn.Host, text => text), ("node", InstanceColumn.Host, text => text), ("hostname", InstanceColumn.HostName, text => text),
        ("uuid", InstanceColumn.Uuid, text => text.ToLowerInvariant()), ("user_id", InstanceColumn.UserId, text => text), ("availability_zone", InstanceColumn.AvailabilityZone, text => text),
        ("vm_state", InstanceColumn.VmState, text => text), ("task_state", InstanceColumn.TaskState, text => text), ("description", InstanceColumn.Description, text => text),
        ("access_ip_v4", InstanceColumn.AccessIPv4, text => text), ("access_ip_v6", InstanceColumn.AccessIPv6, text => text),
        ("locked", InstanceColumn.Locked, Flag), ("config_drive", InstanceColumn.ConfigDrive, Flag),
        ("power_state", InstanceColumn.PowerState, Number), ("progress", InstanceColumn.Progress, Number), ("launch_index", InstanceColumn.LaunchIndex, Number),
        ("created_at", InstanceColumn.CreatedAt, Time), ("updated_at", InstanceColumn.UpdatedAt, Time), ("launched_at", InstanceColumn.LaunchedAt, Time),
        ("terminated_at", InstanceColumn.TerminatedAt, Time),
    ];

    private readonly ApiCall _call;
    private Problem? _wrong;

    private ServerQuery(ApiCall call) => _call = call;

    public static Outcome<InstanceFilter> Read(ApiCall call)
    {
        var query = new ServerQuery(call);
        var filter = query.Filter();
        return query._wrong is { } wrong ? wrong : filter;
    }

    /// <summary>OpenStack's words for true and false, in any case; null for any other.</summary>
    public static bool? Bool(string? text) => text?.ToLowerInvariant() switch
    {
        "1" or "true" or "t" or "yes" or "y" or "on" => true,
        "0" or "false" or "f" or "no" or "n" or "off" => false,
        _ => null,
    };

    private InstanceFilter Filter()
    {
        var filter = new InstanceFilter
        {
            Name = Taken(TextPattern.Read("name", _call.Query("name"))),
            Address4 = Taken(TextPattern.ReadAddress("ip", _call.Query("ip"))),
            Address6 = _call.Caller.IsAdmin || _call.Microversion >= Address6 ? Taken(TextPattern.ReadAddress("ip6", _call.Query("ip6"))) : null,
            ChangedSince = Since(),
        }.With(InstanceColumn.ProjectId, Project())
            .With(InstanceColumn.ImageId, _call.Query("image"))
            .With(InstanceColumn.FlavorId, _call.Query("flavor"))
            .With(InstanceColumn.ReservationId, _call.Query("reservation_id"))
            .With(InstanceColumn.KeyName, _call.Query("key_name"));
        if (_call.Caller.IsAdmin)
        {
            filter = AdminFilter(filter);
        }

        if (_call.Microversion >= TagFilters)
        {
            filter = filter with { Tags = Tags("tags"), TagsAny = Tags("tags-any"), NotTags = Tags("not-tags"), NotTagsAny = Tags("not-tags-any") };
        }

        return Stated(filter with { Deleted = Deleted() });
    }

    /// <summary>The caller's own project; with all_tenants the one asked for, or null for all. Without it the project that is asked for counts for nothing, as in nova.</summary>
    private string? Project()
    {
        var all = false;
        if (_call.Query("all_tenants") is { } asked)
        {
            all = asked.Length == 0 || (Bool(asked) ?? Wrong(Problem.Bad($"Invalid value for all_tenants: {asked}")));
        }

        if (all && !_call.Caller.IsAdmin)
        {
            Wrong(Problem.Denied("Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed."));
        }

        return all ? _call.Query("tenant_id") ?? _call.Query("project_id") : _call.Caller.ProjectId;
    }

    private DateTimeOffset? Since()
    {
        if (_call.Query("changes-since") is not { } text)
        {
            return null;
        }

        if (!QueryTime.TryParse(text, out var time))
        {
            Wrong(Problem.Bad($"Invalid changes-since value: '{text}' is not an ISO 8601 time."));
            return null;
        }

        return time;
    }

    /// <summary>Who asks for what changed is also told what was deleted.</summary>
    private bool? Deleted() =>
        _call.Caller.IsAdmin && _call.Query("deleted") is { } text ? Bool(text) ?? false : _call.Query("changes-since") is null ? false : null;

    private InstanceFilter AdminFilter(InstanceFilter filter)
    {
        foreach (var (name, column, read) in AdminFilters)
        {
            if (_call.Query(name) is not { } text)
            {
                continue;
            }

            if (read(text) is { } value)
            {
                filter = filter.With(column, value);
            }
            else
            {
                Wrong(Problem.Bad($"Invalid input for query parameter {name}: '{text}'."));
            }
        }

        return filter;
    }

    /// <summary>Any of several statuses. From 2.38 on one that is none is refused; before, it is that of no server.</summary>
    private InstanceFilter Stated(InstanceFilter filter)
    {
        var asked = _call.Http.Request.Query["status"].OfType<string>().Select(status => status.ToUpperInvariant()).ToList();
        if (asked.Count == 0)
        {
            return filter;
        }

        var known = asked.Where(ServerStatus.Names.Contains).ToList();
        if (known.Count == 0 && _call.Microversion >= InvalidStatusRefused)
        {
            Wrong(Problem.Bad($"Invalid status value: {asked[0]}"));
        }

        if (known.Contains("DELETED"))
        {
            if (!_call.Caller.IsAdmin)
            {
                Wrong(Problem.Denied("Only administrators may list deleted instances"));
            }

            filter = filter with { Deleted = known.TrueForAll(status => status == "DELETED") ? true : null };
        }

        return filter with { Statuses = known.Count == 0 ? asked : known };
    }

    private List<string> Tags(string name) => [.. (_call.Query(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private T? Taken<T>(Outcome<T> outcome)
    {
        if (outcome.Problem is { } problem)
        {
            Wrong(problem);
            return default;
        }

        return outcome.Value;
    }

    /// <summary>Keeps the first thing that is wrong.</summary>
    private bool Wrong(Problem problem)
    {
        _wrong ??= problem;
        return false;
    }

    private static object? Flag(string text) => Bool(text) switch { true => 1L, false => 0L, null => null };

    private static object? Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static object? Time(string text) => QueryTime.TryParse(text, out var time) ? time : null;
}
