using System.Globalization;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Flavors: what a server may be like. Who may use private ones, and extra specs, are in <see cref="FlavorPartsApi"/>.</summary>
internal static class FlavorsApi
{
    private const string V = "/compute/v2.1";
    private static readonly string[] Query = ["is_public", "minRam", "minDisk", "limit", "marker", "sort_key", "sort_dir"];

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/flavors", Access.User, call => ListAsync(call, detail: false))
        .Doc("Lists flavors.", query: Query)
        .Map("GET", $"{V}/flavors/detail", Access.User, call => ListAsync(call, detail: true))
        .Doc("Lists flavors with all they have.", query: Query)
        .Map("GET", $"{V}/flavors/{{id}}", Access.User, call => WithAsync(call, flavor => AnswerAsync(call, flavor)))
        .Doc("Shows a flavor.")
        .Map("POST", $"{V}/flavors", Access.Admin, CreateAsync)
        .Doc("Makes a flavor.", example: """{"flavor":{"id":"auto","name":"m1.nano","ram":64,"disk":1,"vcpus":1,"swap":0,"OS-FLV-EXT-DATA:ephemeral":0,"rxtx_factor":1.0,"os-flavor-access:is_public":true}}""")
        .Map("DELETE", $"{V}/flavors/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Flavors.DeleteAsync(call.Segment("id"), call.Cancel), 202))
        .Doc("Deletes a flavor; servers that have it go on.", status: 202);

    /// <summary>The path's flavor, if the caller may use it.</summary>
    public static async Task WithAsync(ApiCall call, Func<Flavor, Task> work)
    {
        var flavor = await call.Services.Store.ReadAsync(s => s.Flavors.FindForAsync(call.Segment("id"), call.Caller, call.Cancel), call.Cancel);
        await (flavor is null ? call.RefuseAsync(FlavorActions.Missing(call.Segment("id"))) : work(flavor));
    }

    private static async Task ListAsync(ApiCall call, bool detail)
    {
        if (!Filter(call).Succeeded(out var filter, out var problem) || !Paging.Limit(call).Succeeded(out var limit, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        var marker = call.Query("marker");
        var page = await call.Services.Store.ReadAsync(
            async s => marker is not null && await s.Flavors.FindForAsync(marker, call.Caller, call.Cancel) is null ? null : await s.Flavors.ListAsync(filter, marker, limit, call.Cancel), call.Cancel);
        if (page is null)
        {
            await Errors.WriteAsync(call, 400, $"marker [{marker}] not found");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("flavors");
            foreach (var flavor in page)
            {
                w.WriteStartObject();
                Views.Flavor(w, call, flavor, detail);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            Paging.Next(w, call, "flavors_links", (page, limit), flavor => flavor.FlavorId);
        });
    }

    private static Outcome<FlavorFilter> Filter(ApiCall call)
    {
        int? Least(string name) => call.Query(name) is not { } text ? 0 : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var least) ? least : null;
        if (Least("minRam") is not { } ram || Least("minDisk") is not { } disk)
        {
            return Problem.Bad($"Invalid {(Least("minRam") is null ? "minRam" : "minDisk")} filter: it must be an integer.");
        }

        var (key, direction) = (call.Query("sort_key") ?? "flavorid", call.Query("sort_dir") ?? "asc");
        if (!Flavors.SortKeys.Contains(key) || direction is not ("asc" or "desc"))
        {
            return Problem.Bad(direction is "asc" or "desc" ? $"Sort key supplied was not valid: {key}. Valid are {string.Join(", ", Flavors.SortKeys)}." : $"Unknown sort direction {direction}: it must be asc or desc.");
        }

        return !Public(call).Succeeded(out var seen, out var problem) ? problem
            : new FlavorFilter { IsPublic = seen, Project = call.Caller.ProjectId, MinRam = ram, MinDisk = disk, SortKey = key, Descending = direction == "desc" };
    }

    /// <summary>Which ones an administrator asks for; others get what they may use.</summary>
    private static Outcome<bool?> Public(ApiCall call) => !call.Caller.IsAdmin ? (bool?)true : call.Query("is_public")?.ToLowerInvariant() switch
    {
        null or "1" or "t" or "true" or "on" or "y" or "yes" => (bool?)true,
        "none" => (bool?)null,
        "0" or "f" or "false" or "off" or "n" or "no" => (bool?)false,
        var other => Problem.Bad($"Invalid is_public filter [{other}]"),
    };

    private static Task AnswerAsync(ApiCall call, Flavor flavor) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("flavor");
        Views.Flavor(w, call, flavor, detail: true);
        w.WriteEndObject();
    });

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var f = body.Object("flavor");
        f.Only("id", "name", "ram", "disk", "vcpus", "swap", "OS-FLV-EXT-DATA:ephemeral", "rxtx_factor", "os-flavor-access:is_public");
        var id = f.TryId("id");
        var flavor = new Flavor
        {
            FlavorId = id is null or "auto" ? Guid.NewGuid().ToString("D") : id,
            Name = f.Text("name"),
            Ram = Number(f, "ram"),
            Disk = Number(f, "disk"),
            Vcpus = Number(f, "vcpus"),
            Swap = f.TryInt("swap") ?? 0,
            Ephemeral = f.TryInt("OS-FLV-EXT-DATA:ephemeral") ?? 0,
            RxtxFactor = Factor(f),
            IsPublic = f.TryBool("os-flavor-access:is_public") ?? true,
        };
        if (body.Wrong is { } wrong || !(await call.Services.Flavors.CreateAsync(flavor, call.Cancel)).Succeeded(out var made, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await AnswerAsync(call, made);
    }

    private static int Number(JsonBody body, string name)
    {
        if (!body.Has(name))
        {
            body.Note($"'{name}' is a required property");
        }

        return body.TryInt(name) ?? 0;
    }

    private static double Factor(JsonBody body)
    {
        if (body.TryId("rxtx_factor") is not { } text)
        {
            return 1;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var factor))
        {
            return factor;
        }

        body.Note("Invalid input for field/attribute rxtx_factor: it must be a number.");
        return 1;
    }
}

/// <summary>Who may use private flavors (os-flavor-access), and extra specs.</summary>
internal static class FlavorPartsApi
{
    private const string V = "/compute/v2.1/flavors/{id}";

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/os-flavor-access", Access.Admin, AccessAsync)
        .Doc("Lists the projects that may use a private flavor.")
        .Map("POST", $"{V}/action", Access.Admin, ActionAsync)
        .Doc("Lets a project use a private flavor (addTenantAccess), or no more (removeTenantAccess).", example: """{"addTenantAccess":{"tenant":"0123456789abcdef0123456789abcdef"}}""")
        .Map("GET", $"{V}/os-extra_specs", Access.User, call => SpecsAsync(call, specs => call.AnswerAsync(200, w => Views.Texts(w, "extra_specs", specs))))
        .Doc("Lists a flavor's extra specs.")
        .Map("POST", $"{V}/os-extra_specs", Access.Admin, PutAllAsync)
        .Doc("Adds or changes extra specs of a flavor.", example: """{"extra_specs":{"hw:cpu_policy":"shared"}}""")
        .Map("GET", $"{V}/os-extra_specs/{{key}}", Access.User, call => SpecsAsync(call, specs => specs.TryGetValue(call.Segment("key"), out var value)
            ? call.AnswerAsync(200, w => w.WriteString(call.Segment("key"), value))
            : Errors.WriteAsync(call, 404, $"Flavor {call.Segment("id")} has no extra specs with key {call.Segment("key")}.")))
        .Doc("Shows one extra spec.")
        .Map("PUT", $"{V}/os-extra_specs/{{key}}", Access.Admin, PutOneAsync)
        .Doc("Changes one extra spec.", example: """{"a":"value"}""")
        .Map("DELETE", $"{V}/os-extra_specs/{{key}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Flavors.RemoveSpecAsync(call.Segment("id"), call.Segment("key"), call.Cancel), 200))
        .Doc("Removes one extra spec.");

    private static async Task AccessAsync(ApiCall call) => await FlavorsApi.WithAsync(call, async flavor => await (flavor.IsPublic
        ? Errors.WriteAsync(call, 404, "Access list not available for public flavors.")
        : AnswerAsync(call, await call.Services.Store.ReadAsync(s => s.Flavors.AccessAsync(flavor.FlavorId, call.Cancel), call.Cancel))));

    private static async Task ActionAsync(ApiCall call, JsonBody body)
    {
        var keys = body.Keys.ToList();
        if (keys is not [("addTenantAccess" or "removeTenantAccess") and var action])
        {
            await Errors.WriteAsync(call, 400, "There is no such action: addTenantAccess or removeTenantAccess is needed.");
            return;
        }

        var project = body.Object(action).Text("tenant");
        var (flavors, id) = (call.Services.Flavors, call.Segment("id"));
        if (body.Wrong is { } wrong
            || !(await (action == "addTenantAccess" ? flavors.AllowAsync(id, project, call.Cancel) : flavors.ForbidAsync(id, project, call.Cancel))).Succeeded(out var projects, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await AnswerAsync(call, projects);
    }

    private static Task AnswerAsync(ApiCall call, IReadOnlyList<string> projects) => call.AnswerAsync(200, w =>
    {
        w.WriteStartArray("flavor_access");
        foreach (var project in projects)
        {
            w.WriteStartObject();
            w.WriteString("flavor_id", call.Segment("id"));
            w.WriteString("tenant_id", project);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    });

    private static Task SpecsAsync(ApiCall call, Func<Dictionary<string, string>, Task> work) => FlavorsApi.WithAsync(call, async flavor =>
        await work(await call.Services.Store.ReadAsync(s => s.Flavors.SpecsAsync(flavor.FlavorId, call.Cancel), call.Cancel)));

    private static async Task PutAllAsync(ApiCall call, JsonBody body)
    {
        var specs = Values(body.Object("extra_specs"));
        if (body.Wrong is { } wrong || !(await call.Services.Flavors.PutSpecsAsync(call.Segment("id"), specs, call.Cancel)).Succeeded(out _, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await call.AnswerAsync(200, w => Views.Texts(w, "extra_specs", specs));
    }

    private static async Task PutOneAsync(ApiCall call, JsonBody body)
    {
        var (key, specs) = (call.Segment("key"), Values(body));
        if (specs.Count != 1 || !specs.TryGetValue(key, out var value))
        {
            await Errors.WriteAsync(call, 400, body.Wrong?.Message ?? "Request body and URI mismatch: the body must have the one key that the path names.");
            return;
        }

        var done = await call.Services.Flavors.PutSpecsAsync(call.Segment("id"), specs, call.Cancel);
        await (done.Problem is { } refused ? call.RefuseAsync(refused) : call.AnswerAsync(200, w => w.WriteString(key, value)));
    }

    /// <summary>Values are strings, or numbers as strings.</summary>
    private static Dictionary<string, string> Values(JsonBody body)
    {
        var keys = body.Keys.ToList();
        var values = keys.Select(key => (Key: key, Value: body.TryId(key))).ToList();
        if (values.Exists(v => v.Value is null))
        {
            body.Note("Invalid input for extra specs: each value must be a string.");
        }

        return body.Wrong is null ? values.ToDictionary(v => v.Key, v => v.Value!, StringComparer.Ordinal) : [];
    }
}
