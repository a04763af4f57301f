using System.Globalization;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>os-simple-tenant-usage: what projects' servers used in a time, also of deleted servers.</summary>
internal static class UsageApi
{
    private const string V = "/compute/v2.1/os-simple-tenant-usage";
    private const int Paged = 40;
    private static readonly string[] Formats = ["yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"];
    private static readonly TimeSpan Unasked = TimeSpan.FromDays(28);
    private static readonly string[] Query = ["start", "end", "detailed", "limit", "marker"];

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.Admin, ListAsync)
        .Doc("Lists what each project used between two times.", query: Query)
        .Map("GET", $"{V}/{{project}}", Access.User, ShowAsync)
        .Doc("Shows what a project used between two times, server by server.", query: ["start", "end", "limit", "marker"]);

    private static async Task ListAsync(ApiCall call)
    {
        if (!Period(call).Succeeded(out var period, out var problem) || !Limit(call).Succeeded(out var limit, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        var detailed = call.Query("detailed") == "1";
        if (!detailed && call.Microversion < Paged)
        {
            var totals = await call.Services.Store.ReadAsync(s => s.TenantUsage.TotalsAsync(period.Start, Past(call, period.End), call.Cancel), call.Cancel);
            await call.AnswerAsync(200, w => Write(w, call, period, totals.Select(total => (total, (IReadOnlyList<ServerUsage>?)null))));
            return;
        }

        if (await ServersAsync(call, period, null, limit) is { } servers)
        {
            await call.AnswerAsync(200, w =>
            {
                Write(w, call, period, servers.GroupBy(s => s.ProjectId).Select(of => (Total(of.Key, [.. of]), detailed ? (IReadOnlyList<ServerUsage>?)[.. of] : null)));
                Paging.Next(w, call, "tenant_usages_links", (servers, limit), server => $"{server.Uuid}");
            });
        }
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var project = call.Segment("project");
        if (project != call.Caller.ProjectId && !call.Caller.IsAdmin)
        {
            await Errors.WriteAsync(call, 403, "Policy doesn't allow the usage of another project: it is for administrators.");
            return;
        }

        if (!Period(call).Succeeded(out var period, out var problem) || !Limit(call).Succeeded(out var limit, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        if (await ServersAsync(call, period, project, limit) is { } servers)
        {
            await call.AnswerAsync(200, w =>
            {
                w.WriteStartObject("tenant_usage");
                if (servers.Count > 0)
                {
                    Write(w, call, period, Total(project, servers), servers);
                }

                w.WriteEndObject();
                Paging.Next(w, call, "tenant_usage_links", (servers, limit), server => $"{server.Uuid}");
            });
        }
    }

    /// <summary>A page of servers; null when the marker is none, which was answered then.</summary>
    private static async Task<List<ServerUsage>?> ServersAsync(ApiCall call, (DateTimeOffset Start, DateTimeOffset End) period, string? project, int limit)
    {
        var marker = call.Microversion >= Paged ? call.Query("marker") : null;
        var after = marker is null ? (Guid?)null : Guid.TryParseExact(marker, "D", out var uuid) ? uuid : Guid.Empty;
        var servers = await call.Services.Store.ReadAsync(
            async s => after is { } last && (await s.Instances.FindAnyAsync(last, call.Cancel) is not { } found || (project is not null && found.ProjectId != project))
                ? null
                : await s.TenantUsage.ServersAsync((period.Start, Past(call, period.End)), project, after, limit, call.Cancel),
            call.Cancel);
        if (servers is null)
        {
            await Errors.WriteAsync(call, 400, $"marker [{marker}] not found");
        }

        return servers;
    }

    private static Outcome<int> Limit(ApiCall call) => call.Microversion >= Paged ? Paging.Limit(call) : int.MaxValue;

    /// <summary>Without times: the last four weeks.</summary>
    private static Outcome<(DateTimeOffset Start, DateTimeOffset End)> Period(ApiCall call)
    {
        var now = call.Services.Store.Now;
        if (!Time(call.Query("start"), now - Unasked, out var start) || !Time(call.Query("end"), now, out var end))
        {
            return Problem.Bad("Invalid start or end: times must be like 2026-01-31T00:00:00.");
        }

        return start < end ? (start, end) : Problem.Bad("Invalid start time. The start time cannot occur after the end time.");
    }

    /// <summary>Clients ask until tomorrow: what is still to come was not used.</summary>
    private static DateTimeOffset Past(ApiCall call, DateTimeOffset end) => end < call.Services.Store.Now ? end : call.Services.Store.Now;

    private static bool Time(string? text, DateTimeOffset unasked, out DateTimeOffset time)
    {
        time = unasked;
        return text is null || DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    private static ProjectUsage Total(string project, IReadOnlyList<ServerUsage> servers) =>
        new(project, servers.Sum(s => s.Hours), servers.Sum(s => s.Hours * s.Vcpus), servers.Sum(s => s.Hours * s.MemoryMb), servers.Sum(s => s.Hours * s.LocalGb));

    private static void Write(Utf8JsonWriter w, ApiCall call, (DateTimeOffset Start, DateTimeOffset End) period, IEnumerable<(ProjectUsage Total, IReadOnlyList<ServerUsage>? Servers)> projects)
    {
        w.WriteStartArray("tenant_usages");
        foreach (var (total, servers) in projects)
        {
            w.WriteStartObject();
            Write(w, call, period, total, servers);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter w, ApiCall call, (DateTimeOffset Start, DateTimeOffset End) period, ProjectUsage total, IReadOnlyList<ServerUsage>? servers)
    {
        w.WriteString("tenant_id", total.ProjectId);
        w.WriteString("start", Views.DbTime(period.Start));
        w.WriteString("stop", Views.DbTime(period.End));
        w.WriteNumber("total_hours", total.Hours);
        w.WriteNumber("total_vcpus_usage", total.Vcpus);
        w.WriteNumber("total_memory_mb_usage", total.MemoryMb);
        w.WriteNumber("total_local_gb_usage", total.LocalGb);
        if (servers is null)
        {
            return;
        }

        w.WriteStartArray("server_usages");
        foreach (var server in servers)
        {
            w.WriteStartObject();
            Write(w, call, server);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter w, ApiCall call, ServerUsage s)
    {
        w.WriteString("instance_id", s.Uuid);
        w.WriteString("name", s.Name);
        w.WriteString("tenant_id", s.ProjectId);
        w.WriteString("flavor", s.Flavor);
        w.WriteNumber("hours", s.Hours);
        w.WriteNumber("local_gb", s.LocalGb);
        w.WriteNumber("memory_mb", s.MemoryMb);
        w.WriteNumber("vcpus", s.Vcpus);
        w.WriteString("started_at", Views.DbTime(s.StartedAt));
        w.WriteString("ended_at", s.EndedAt is { } ended ? Views.DbTime(ended) : null);
        w.WriteString("state", s.EndedAt is null ? s.State : "terminated");
        w.WriteNumber("uptime", (long)((s.EndedAt ?? call.Services.Store.Now) - s.StartedAt).TotalSeconds);
    }
}
