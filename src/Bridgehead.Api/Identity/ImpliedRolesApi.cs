using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Roles that follow from others, for administrators.</summary>
internal static class ImpliedRolesApi
{
    private const string Implies = $"{IdentityRoutes.V}/roles/{{prior}}/implies";

    public static void Map(Routes routes) => routes
        .Map("GET", $"{IdentityRoutes.V}/role_inferences", Access.Admin, AllAsync).Doc("Lists all roles that imply others.")
        .Map("GET", Implies, Access.Admin, OfAsync).Doc("Lists the roles that a role implies.")
        .Map("PUT", $"{Implies}/{{implied}}", Access.Admin, async call =>
            await PairAsync(call, 201, await call.Services.Identity.ImpliedRoles.ImplyAsync(call.Segment("prior"), call.Segment("implied"), call.Cancel))).Doc("Has a role imply another.", 201)
        .Map("GET", $"{Implies}/{{implied}}", Access.Admin, async call => await PairAsync(call, 200, await CheckAsync(call))).Doc("Shows that a role implies another.")
        .Map("HEAD", $"{Implies}/{{implied}}", Access.Admin, async call => await ((await CheckAsync(call)).Problem is { } problem ? call.RefuseAsync(problem) : call.AnswerAsync(204)))
        .Doc("Whether a role implies another.", 204)
        .Map("DELETE", $"{Implies}/{{implied}}", Access.Admin, async call =>
            await call.DoneAsync(await call.Services.Identity.ImpliedRoles.ForgetAsync(call.Segment("prior"), call.Segment("implied"), call.Cancel), 204))
        .Doc("Has a role imply another no longer; who had that only so loses it.", 204);

    private static Task<Outcome<(Role Prior, Role Implied)>> CheckAsync(ApiCall call) => call.Services.Identity.ImpliedRoles.CheckAsync(call.Segment("prior"), call.Segment("implied"), call.Cancel);

    private static async Task AllAsync(ApiCall call)
    {
        var pairs = await call.Services.Store.ReadAsync(s => s.Identities.ImpliedRolesAsync(null, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("role_inferences");
            foreach (var group in pairs.GroupBy(pair => pair.Prior.Id))
            {
                w.WriteStartObject();
                Inference(w, call, group.First().Prior, group.Select(pair => pair.Implied));
                w.WriteEndObject();
            }

            w.WriteEndArray();
            w.Links(call);
        });
    }

    private static async Task OfAsync(ApiCall call)
    {
        if (!(await call.Services.Identity.ImpliedRoles.OfAsync(call.Segment("prior"), call.Cancel)).Succeeded(out var found, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("role_inference");
            Inference(w, call, found.Prior, found.Implied);
            w.WriteEndObject();
            w.Links(call);
        });
    }

    private static async Task PairAsync(ApiCall call, int status, Outcome<(Role Prior, Role Implied)> outcome)
    {
        if (!outcome.Succeeded(out var pair, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        await call.AnswerAsync(status, w =>
        {
            w.WriteStartObject("role_inference");
            Named(w, call, "prior_role", pair.Prior);
            Named(w, call, "implies", pair.Implied);
            w.WriteEndObject();
            w.Links(call);
        });
    }

    private static void Inference(Utf8JsonWriter w, ApiCall call, Role prior, IEnumerable<Role> implied)
    {
        Named(w, call, "prior_role", prior);
        w.WriteStartArray("implies");
        foreach (var role in implied)
        {
            w.WriteStartObject();
            Brief(w, call, role);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Named(Utf8JsonWriter w, ApiCall call, string name, Role role)
    {
        w.WriteStartObject(name);
        Brief(w, call, role);
        w.WriteEndObject();
    }

    private static void Brief(Utf8JsonWriter w, ApiCall call, Role role)
    {
        w.WriteString("id", role.Id);
        w.WriteString("name", role.Name);
        w.Self(call, $"roles/{role.Id}");
    }
}
