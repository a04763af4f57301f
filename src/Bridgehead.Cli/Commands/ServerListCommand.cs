using System.Text;
using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>list.</summary>
internal static class ServerListCommand
{
    /// <summary>Options that are filters, with the name the server knows them by.</summary>
    private static readonly (string Option, string Query)[] Filters =
    [
        ("--reservation-id", "reservation_id"), ("--ip", "ip"), ("--ip6", "ip6"), ("--name", "name"), ("--status", "status"), ("--host", "host"),
        ("--tenant", "tenant_id"), ("--user", "user_id"), ("--marker", "marker"), ("--changes-since", "changes-since"),
    ];

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("list", "List servers.",
        [
            P.Option("--reservation-id", "<reservation-id>", "Only servers of this reservation."),
            P.Option("--ip", "<ip-regexp>", "Only servers whose IPv4 address matches."),
            P.Option("--ip6", "<ip6-regexp>", "Only servers whose IPv6 address matches."),
            P.Option("--name", "<name-regexp>", "Only servers whose name matches."),
            P.Option("--status", "<status>", "Only servers with this status."),
            P.Option("--flavor", "<flavor>", "Only servers of this flavor, by name or ID."),
            P.Option("--image", "<image>", "Only servers of this image, by name or ID."),
            P.Option("--host", "<hostname>", "Only servers on this host (administrators)."),
            P.Toggle("--all-tenants", "Servers of all projects (administrators)."),
            P.Option("--tenant", "[<tenant>]", "Servers of this project (administrators)."),
            P.Option("--user", "[<user>]", "Servers of this user (administrators)."),
            P.Switch("--deleted", "Only deleted servers (administrators)."),
            P.Option("--fields", "<fields>", "Fields to show, with commas between them."),
            P.Switch("--minimal", "Only ID and name."),
            P.Option("--sort", "<key>[:<direction>]", "Keys to sort by, with commas between them; asc or desc."),
            P.Option("--marker", "<marker>", "Begin after this server."),
            P.Option("--limit", "<limit>", "At most this many servers; -1 for all."),
            P.Option("--changes-since", "<changes-since>", "Only servers changed since this ISO 8601 time."),
        ],
        RunAsync),
    ];

    private static async Task RunAsync(Call call)
    {
        var query = await QueryAsync(call);
        var servers = await PagesAsync(call, query);
        var columns = call["--fields"] is { } fields ? Chosen(fields, servers) : Usual(call);
        call.Terminal.List(servers, call.Arguments.Has("--sort") ? null : columns.Count > 1 ? 1 : 0, columns);
    }

    private static async Task<string> QueryAsync(Call call)
    {
        var query = new StringBuilder();
        void Add(string name, string value) => query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        foreach (var (option, name) in Filters.Where(filter => call[filter.Option] is not null))
        {
            Add(name, call[option]!);
        }

        if (IsAllTenants(call))
        {
            Add("all_tenants", "1");
        }

        if (call.Arguments.Has("--deleted"))
        {
            Add("deleted", "True");
        }

        if (call["--flavor"] is { } flavor)
        {
            Add("flavor", (await call.Lookup.FlavorAsync(flavor)).Id());
        }

        if (call["--image"] is { } image)
        {
            Add("image", (await call.Lookup.ImageAsync(image)).Id());
        }

        foreach (var key in (call["--sort"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, direction) = key.Split(':') is [var n, var d] ? (n, d) : (key, "desc");
            Add("sort_key", name);
            Add("sort_dir", direction is "asc" or "desc" ? direction : throw new CommandException($"Invalid sort direction '{direction}'. Valid values are: 'asc' and 'desc'."));
        }

        return query.ToString();
    }

    private static bool IsAllTenants(Call call) => call.Arguments.IsOn("--all-tenants") || call.Arguments.Has("--tenant");

    /// <summary>One page as asked, or with -1 one after another until none is left.</summary>
    private static async Task<List<JsonElement>> PagesAsync(Call call, string query)
    {
        var limit = call.Arguments.Int("--limit");
        var resource = call.Arguments.Has("--minimal") ? "servers" : "servers/detail";
        var sign = query.Length == 0 ? '?' : '&';
        var servers = (await call.Compute.GetAsync($"{resource}{query}{(limit is >= 0 ? $"{sign}limit={limit}" : "")}")).Items("servers").ToList();
        for (var page = servers; limit == -1 && page.Count > 0; servers.AddRange(page))
        {
            page = [.. (await call.Compute.GetAsync($"{resource}{query}{sign}marker={servers[^1].Id()}")).Items("servers")];
        }

        return servers;
    }

    private static IReadOnlyList<Column> Usual(Call call)
    {
        if (call.Arguments.Has("--minimal"))
        {
            return ["ID", "Name"];
        }

        IReadOnlyList<Column> tenant = IsAllTenants(call) ? ["Tenant ID"] : [];
        return
        [
            "ID", "Name", .. tenant, "Status", new Column("Task State", "OS-EXT-STS:task_state"), new Column("Power State", ServerView.PowerState),
            new Column("Networks", ServerView.Networks),
        ];
    }

    /// <summary>Fields by the server's own names; a name no server has is refused.</summary>
    private static IReadOnlyList<Column> Chosen(string fields, List<JsonElement> servers)
    {
        var names = fields.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(name => name != "id").ToList();
        var unknown = names.Where(name => name != "networks" && servers.Count > 0 && !servers.Exists(s => s.Member(name).ValueKind != JsonValueKind.Undefined)).ToList();
        return unknown.Count > 0
            ? throw new CommandException($"Non-existent fields are specified: {string.Join(", ", unknown)}")
            : ["ID", .. names.Select(name => name == "networks" ? new Column("Networks", ServerView.Networks) : new Column(Title(name), name))];
    }

    /// <summary><c>OS-EXT-SRV-ATTR:host</c> is titled <c>OS-EXT-SRV-ATTR: Host</c>.</summary>
    private static string Title(string field)
    {
        var at = field.IndexOf(':', StringComparison.Ordinal);
        var words = field[(at + 1)..].Split('_').Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]);
        return (at < 0 ? "" : $"{field[..at]}: ") + string.Join(' ', words);
    }
}
