using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Limits of a project.</summary>
internal static class LimitCommands
{
    /// <summary>Names that are not their fields' with "max", "Total", "total" and "Used" taken off.</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["PersonalitySize"] = "Personality Size",
        ["ServerMeta"] = "Server Meta",
        ["RAMSize"] = "RAM",
    };

    private static readonly P[] Parameters = [P.Option("--tenant", "<tenant>", "Of this project (administrators)."), P.Switch("--reserved", "Count reservations too.")];

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("limits", "Print the rate and absolute limits of a project.", Parameters, async call =>
        {
            var limits = await LimitsAsync(call);
            Rates(call, limits);
            Absolute(call, limits);
        }),
        new("absolute-limits", "Print the absolute limits of a project.", Parameters, async call => Absolute(call, await LimitsAsync(call))),
        new("rate-limits", "Print the rate limits of a project.", [], async call => Rates(call, await LimitsAsync(call))),
    ];

    private static async Task<JsonElement> LimitsAsync(Call call)
    {
        string[] query = [.. call["--tenant"] is { } tenant ? new[] { $"tenant_id={Uri.EscapeDataString(tenant)}" } : [], .. call.Arguments.Has("--reserved") ? new[] { "reserved=1" } : []];
        return (await call.Compute.GetAsync($"limits{(query.Length == 0 ? "" : "?")}{string.Join('&', query)}")).Member("limits");
    }

    private static void Rates(Call call, JsonElement limits)
    {
        var table = new Table("Verb", "URI", "Value", "Remain", "Unit", "Next_Available");
        foreach (var (rate, limit) in limits.Items("rate").SelectMany(rate => rate.Items("limit").Select(limit => (rate, limit))))
        {
            table.Add(Cell.Of(limit.Member("verb")), Cell.Of(rate.Member("uri")), Cell.Of(limit.Member("value")), Cell.Of(limit.Member("remaining")),
                Cell.Of(limit.Member("unit")), Cell.Of(limit.Member("next-available")));
        }

        call.Terminal.Print(table);
    }

    /// <summary>What is used and what is allowed come as separate fields, and are one row.</summary>
    private static void Absolute(Call call, JsonElement limits)
    {
        var rows = new SortedDictionary<string, (Cell Used, Cell Max)>(StringComparer.Ordinal);
        foreach (var limit in limits.Member("absolute").Members())
        {
            var isUse = limit.Name.StartsWith("total", StringComparison.Ordinal) && limit.Name.EndsWith("Used", StringComparison.Ordinal);
            var bare = isUse ? limit.Name[5..^4] : limit.Name.StartsWith("maxTotal", StringComparison.Ordinal) ? limit.Name[8..] : limit.Name.StartsWith("max", StringComparison.Ordinal) ? limit.Name[3..] : limit.Name;
            var name = Names.GetValueOrDefault(bare, bare);
            var row = rows.GetValueOrDefault(name, ("-", "-"));
            rows[name] = isUse ? row with { Used = Cell.Of(limit.Value) } : row with { Max = Cell.Of(limit.Value) };
        }

        var table = new Table("Name", "Used", "Max");
        foreach (var (name, (used, max)) in rows)
        {
            table.Add(name, used, max);
        }

        call.Terminal.Print(table);
    }
}
