using System.Text.Json;
using Bridgehead.Control;

namespace Bridgehead.Api;

/// <summary>os-quota-sets and os-quota-class-sets: limits of projects, of users in them, and everybody's defaults.</summary>
internal static class QuotasApi
{
    private const string V = "/compute/v2.1/os-quota-sets/{project}";
    private const string Classes = "/compute/v2.1/os-quota-class-sets/{name}";
    private static readonly string[] Network = ["fixed_ips", "floating_ips", "security_groups", "security_group_rules"];

    /// <summary>Classes have these only from 2.50 on.</summary>
    private static readonly string[] Groups = ["server_groups", "server_group_members"];

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.User, call => ShowAsync(call, (s, whose) => call.Services.Quotas.LimitsAsync(s, whose, call.Cancel)))
        .Doc("Shows a project's limits, or those of a user in it.", query: "user_id")
        .Map("GET", $"{V}/defaults", Access.User, call => ShowAsync(call, (s, _) => QuotaLimits.DefaultsAsync(s, call.Services.Settings, call.Cancel)))
        .Doc("Shows the limits of a project that nothing was set for.")
        .Map("GET", $"{V}/detail", Access.User, DetailAsync)
        .Doc("Shows a project's limits with what is used of them.", query: "user_id")
        .Map("PUT", V, Access.Admin, SetAsync)
        .Doc("Sets limits of a project, or of a user in it.", example: """{"quota_set":{"cores":50,"instances":"20","force":true}}""", query: "user_id")
        .Map("DELETE", V, Access.Admin, async call => await call.DoneAsync(await call.Services.Quotas.ClearAsync(Whose(call), call.Cancel), 202))
        .Doc("Makes a project's limits the defaults again, or those of a user in it the project's.", status: 202, query: "user_id")
        .Map("GET", Classes, Access.Admin, ShowClassAsync)
        .Doc("Shows the limits of a quota class.")
        .Map("PUT", Classes, Access.Admin, SetClassAsync)
        .Doc("Sets limits of a quota class; the class default is what projects have.", example: """{"quota_class_set":{"cores":50,"instances":"20"}}""");

    private static (string Project, string? User) Whose(ApiCall call) => (call.Segment("project"), call.Query("user_id") is { Length: > 0 } user ? user : null);

    private static async Task<bool> MaySeeAsync(ApiCall call)
    {
        var allowed = call.Segment("project") == call.Caller.ProjectId || call.Caller.IsAdmin;
        if (!allowed)
        {
            await Errors.WriteAsync(call, 403, "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.");
        }

        return allowed;
    }

    private static async Task ShowAsync(ApiCall call, Func<Store.Session, (string Project, string? User), Task<IReadOnlyDictionary<string, int>>> read)
    {
        if (await MaySeeAsync(call))
        {
            await AnswerAsync(call, await call.Services.Store.ReadAsync(s => read(s, Whose(call)), call.Cancel), call.Segment("project"));
        }
    }

    private static async Task DetailAsync(ApiCall call)
    {
        if (!await MaySeeAsync(call))
        {
            return;
        }

        var (limits, used) = await call.Services.Store.ReadAsync(
            async s => (await call.Services.Quotas.LimitsAsync(s, Whose(call), call.Cancel), await QuotaActions.UsedAsync(s, Whose(call), call.Cancel)), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("quota_set");
            w.WriteString("id", call.Segment("project"));
            foreach (var (name, limit) in Shown(call, limits))
            {
                w.WriteStartObject(name);
                w.WriteNumber("in_use", used.GetValueOrDefault(name));
                w.WriteNumber("limit", limit);
                w.WriteNumber("reserved", 0);
                w.WriteEndObject();
            }

            w.WriteEndObject();
        });
    }

    private static async Task SetAsync(ApiCall call, JsonBody body)
    {
        var set = body.Object("quota_set");
        var limits = Limits(call, set, ["force"]);
        var force = set.TryBool("force") ?? false;
        if (body.Wrong is { } wrong || !(await call.Services.Quotas.SetAsync(Whose(call), limits, force, call.Cancel)).Succeeded(out var now, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await AnswerAsync(call, now, null);
    }

    private static Dictionary<string, int> Limits(ApiCall call, JsonBody set, IReadOnlyCollection<string> more, IReadOnlyCollection<string>? without = null)
    {
        var known = Shown(call, QuotaLimits.Defaults(call.Services.Settings)).Select(limit => limit.Key).Except(without ?? []).ToList();
        set.Only([.. known, .. more]);
        if (set.Keys.FirstOrDefault(key => !set.Has(key)) is { } empty)
        {
            set.Note($"Invalid input for field/attribute {empty}: it must be an integer.");
        }

        return set.Keys.Where(known.Contains).Select(key => (Key: key, Limit: set.TryInt(key))).Where(l => l.Limit is not null).ToDictionary(l => l.Key, l => l.Limit!.Value, StringComparer.Ordinal);
    }

    private static async Task ShowClassAsync(ApiCall call)
    {
        var name = call.Segment("name");
        await AnswerClassAsync(call, await call.Services.Store.ReadAsync(s => call.Services.Quotas.OfClassAsync(s, name, call.Cancel), call.Cancel), name);
    }

    private static async Task SetClassAsync(ApiCall call, JsonBody body)
    {
        var limits = Limits(call, body.Object("quota_class_set"), [], Groups);
        if (body.Wrong is { } wrong || !(await call.Services.Quotas.SetClassAsync(call.Segment("name"), limits, call.Cancel)).Succeeded(out var now, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await AnswerClassAsync(call, now, null);
    }

    private static Task AnswerClassAsync(ApiCall call, IReadOnlyDictionary<string, int> limits, string? id) =>
        call.AnswerAsync(200, w => Write(w, "quota_class_set", Shown(call, limits).Where(limit => !Groups.Contains(limit.Key)), id));

    private static Task AnswerAsync(ApiCall call, IReadOnlyDictionary<string, int> limits, string? id) => call.AnswerAsync(200, w => Write(w, "quota_set", Shown(call, limits), id));

    private static IEnumerable<KeyValuePair<string, int>> Shown(ApiCall call, IReadOnlyDictionary<string, int> limits) =>
        limits.Where(limit => call.Microversion <= Microversions.LastProxy || !Network.Contains(limit.Key));

    private static void Write(Utf8JsonWriter w, string name, IEnumerable<KeyValuePair<string, int>> limits, string? id)
    {
        w.WriteStartObject(name);
        if (id is not null)
        {
            w.WriteString("id", id);
        }

        foreach (var (resource, limit) in limits)
        {
            w.WriteNumber(resource, limit);
        }

        w.WriteEndObject();
    }
}
