using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Flavors: what a server may be like.</summary>
internal static class FlavorsApi
{
    private const string V = "/compute/v2.1";

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/flavors", Access.User, call => FlavorsAsync(call, detail: false))
        .Map("GET", $"{V}/flavors/detail", Access.User, call => FlavorsAsync(call, detail: true))
        .Map("GET", $"{V}/flavors/{{id}}", Access.User, FlavorAsync)
        .Map("POST", $"{V}/flavors", Access.Admin, CreateFlavorAsync)
        .Map("DELETE", $"{V}/flavors/{{id}}", Access.Admin, async call =>
            await (await call.Services.Store.WriteAsync(s => s.Flavors.RemoveAsync(call.Segment("id"), call.Cancel), call.Cancel)
                ? call.AnswerAsync(202)
                : Errors.WriteAsync(call, 404, $"Flavor {call.Segment("id")} could not be found.")))
        .Map("GET", $"{V}/flavors/{{id}}/os-extra_specs", Access.User, call => call.AnswerAsync(200, w => Views.Texts(w, "extra_specs", [])));

    private static async Task FlavorsAsync(ApiCall call, bool detail)
    {
        if ((call.Query("minRam") is { } ram && !int.TryParse(ram, out _)) || (call.Query("minDisk") is { } disk && !int.TryParse(disk, out _)))
        {
            await Errors.WriteAsync(call, 400, "minRam and minDisk must be integers");
            return;
        }

        var flavors = await call.Services.Store.ReadAsync(s => s.Flavors.ListAsync(call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("flavors");
            foreach (var flavor in flavors.Where(f => (f.IsPublic || call.Caller.IsAdmin) && f.Ram >= int.Parse(call.Query("minRam") ?? "0") && f.Disk >= int.Parse(call.Query("minDisk") ?? "0")))
            {
                w.WriteStartObject();
                Views.Flavor(w, call, flavor, detail);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task FlavorAsync(ApiCall call)
    {
        var flavor = await call.Services.Store.ReadAsync(s => s.Flavors.FindAsync(call.Segment("id"), call.Cancel), call.Cancel);
        await (flavor is null ? Errors.WriteAsync(call, 404, $"Flavor {call.Segment("id")} could not be found.") : AnswerFlavorAsync(call, flavor));
    }

    private static Task AnswerFlavorAsync(ApiCall call, Flavor flavor) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("flavor");
        Views.Flavor(w, call, flavor, detail: true);
        w.WriteEndObject();
    });

    private static async Task CreateFlavorAsync(ApiCall call, JsonBody body)
    {
        var f = body.Object("flavor");
        var id = f.TryId("id");
        var flavor = new Flavor
        {
            FlavorId = id is null or "auto" ? Guid.NewGuid().ToString("D") : id,
            Name = f.Text("name"),
            Ram = f.TryInt("ram") ?? 0,
            Disk = f.TryInt("disk") ?? -1,
            Vcpus = f.TryInt("vcpus") ?? 0,
            Swap = f.TryInt("swap") ?? 0,
            Ephemeral = f.TryInt("OS-FLV-EXT-DATA:ephemeral") ?? 0,
            IsPublic = f.TryBool("os-flavor-access:is_public") ?? true,
        };
        var problem = body.Wrong ?? Text.CheckName("Flavor name", flavor.Name) ?? Text.CheckName("Flavor id", flavor.FlavorId);
        problem ??= flavor.Ram < 1 || flavor.Vcpus < 1 || flavor.Disk < 0 || flavor.Swap < 0 || flavor.Ephemeral < 0
            ? Problem.Bad("ram and vcpus must be at least 1; disk, swap and ephemeral at least 0.") : null;
        if (problem is not null)
        {
            await call.RefuseAsync(problem);
            return;
        }

        await (await call.Services.Store.WriteAsync(s => s.Flavors.AddAsync(flavor, call.Cancel), call.Cancel)
            ? AnswerFlavorAsync(call, flavor)
            : Errors.WriteAsync(call, 409, $"Flavor with name {flavor.Name} or ID {flavor.FlavorId} already exists."));
    }
}
