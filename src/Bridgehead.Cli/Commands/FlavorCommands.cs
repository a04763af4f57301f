using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Flavors.</summary>
internal static class FlavorCommands
{
    private static readonly P Flavor = P.Argument("flavor", "Name or ID of the flavor.");

    private static readonly Column[] Columns =
    [
        "ID", "Name", new("Memory_MB", "ram"), "Disk", new("Ephemeral", "OS-FLV-EXT-DATA:ephemeral"), "Swap", "VCPUs", "RXTX_Factor",
        new("Is_Public", "os-flavor-access:is_public"),
    ];

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("flavor-list", "List flavors.",
            [
                P.Switch("--all", "Private ones too (administrators)."), P.Option("--marker", "<marker>", "Begin after this flavor."),
                P.Option("--limit", "<limit>", "At most this many."),
            ],
            ListAsync),
        new("flavor-show", "Show details of a flavor.", [Flavor], ShowAsync),
        new("flavor-create", "Create a flavor (administrators).",
            [
                P.Option("--ephemeral", "<ephemeral>", "Size of a second disk in GB. Default: 0."), P.Option("--swap", "<swap>", "Size of swap in MB. Default: 0."),
                P.Option("--rxtx-factor", "<factor>", "Factor of bandwidth. Default: 1."), P.Option("--is-public", "<is-public>", "Whether all projects see it. Default: true."),
                P.Argument("name", "Name."), P.Argument("id", "ID, or auto."), P.Argument("ram", "Memory in MB."), P.Argument("disk", "Disk in GB."), P.Argument("vcpus", "Number of processors."),
            ],
            CreateAsync),
        new("flavor-delete", "Delete a flavor (administrators).", [Flavor], DeleteAsync),
    ];

    private static async Task ListAsync(Call call)
    {
        var query = new List<string>();
        if (call.Arguments.Has("--all"))
        {
            query.Add("is_public=None");
        }

        query.AddRange(new[] { "marker", "limit" }.Where(name => call[$"--{name}"] is not null).Select(name => $"{name}={Uri.EscapeDataString(call[$"--{name}"]!)}"));
        Print(call, (await call.Compute.GetAsync($"flavors/detail{(query.Count == 0 ? "" : "?")}{string.Join('&', query)}")).Items("flavors"));
    }

    private static async Task ShowAsync(Call call)
    {
        var flavor = await call.Lookup.FlavorAsync(call.Required("flavor"));
        var specs = await call.Lookup.TryAsync($"flavors/{Uri.EscapeDataString(flavor.Id())}/os-extra_specs");
        var properties = flavor.Members().Where(m => m.Name is not "links" and not "extra_specs").Select(m => (m.Name, Cell.Of(m.Value))).ToList();
        properties.Add(("extra_specs", Cell.Of(specs?.Member("extra_specs") ?? default)));
        call.Terminal.Properties(properties);
    }

    private static async Task CreateAsync(Call call)
    {
        int Number(string name) => call.Arguments.Int(name) ?? 0;
        var (ram, disk, vcpus, swap, ephemeral) = (Number("ram"), Number("disk"), Number("vcpus"), Number("--swap"), Number("--ephemeral"));
        var answer = await call.Compute.PostAsync("flavors", w => w.Object("flavor", () =>
        {
            w.WriteString("name", call.Required("name"));
            w.WriteString("id", call.Required("id") == "auto" ? null : call.Required("id"));
            w.WriteNumber("ram", ram);
            w.WriteNumber("disk", disk);
            w.WriteNumber("vcpus", vcpus);
            w.WriteNumber("swap", swap);
            w.WriteNumber("OS-FLV-EXT-DATA:ephemeral", ephemeral);
            w.WriteNumber("rxtx_factor", double.TryParse(call["--rxtx-factor"] ?? "1", out var factor) ? factor : throw new CommandException("--rxtx-factor must be a number."));
            w.WriteBoolean("os-flavor-access:is_public", (call["--is-public"] ?? "true").ToLowerInvariant() is "true" or "1" or "yes" or "on");
        }));
        Print(call, [answer.Member("flavor")]);
    }

    private static async Task DeleteAsync(Call call)
    {
        var flavor = await call.Lookup.FlavorAsync(call.Required("flavor"));
        await call.Compute.DeleteAsync($"flavors/{Uri.EscapeDataString(flavor.Id())}");
        Print(call, [flavor]);
    }

    private static void Print(Call call, IEnumerable<JsonElement> flavors) => call.Terminal.List(flavors, Columns);
}
