using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-security-group-default-rules: what a project's group "default" begins with.</summary>
internal static class DefaultRulesApi
{
    private const string V = "/compute/v2.1/os-security-group-default-rules";
    private const int Last = Microversions.LastProxy;

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.Admin, ListAsync, Last)
        .Doc("Lists the rules that a project's group default begins with.")
        .Map("POST", V, Access.Admin, AddAsync, Last)
        .Doc("Adds such a rule.", example: """{"security_group_default_rule":{"ip_protocol":"udp","from_port":1,"to_port":2,"cidr":"10.0.0.0/8"}}""")
        .Map("GET", $"{V}/{{id}}", Access.Admin, ShowAsync, Last)
        .Doc("Shows such a rule.")
        .Map("DELETE", $"{V}/{{id}}", Access.Admin, DeleteAsync, Last)
        .Doc("Removes such a rule.", status: 204);

    private static async Task ListAsync(ApiCall call)
    {
        var rules = await call.Services.Store.ReadAsync(s => s.DefaultRules.ListAsync(call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("security_group_default_rules");
            foreach (var rule in rules)
            {
                w.WriteStartObject();
                Write(w, rule);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task AddAsync(ApiCall call, JsonBody body)
    {
        var r = body.Object("security_group_default_rule");
        var request = new RuleRequest(0, r.Text("ip_protocol"), r.TryInt("from_port"), r.TryInt("to_port"), r.TryText("cidr"), null);
        if (body.Wrong is { } wrong || !RuleChecks.Check(request).Succeeded(out var rule, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        var made = await call.Services.Store.TryWriteAsync<SecurityGroupRule>(
            async s => (await s.DefaultRules.ListAsync(call.Cancel)).Exists(other => RuleChecks.Same(other, rule))
                ? Problem.Conflicting("This default rule already exists.")
                : rule with { Id = await s.DefaultRules.AddAsync(rule, call.Cancel) },
            call.Cancel);
        await (made.Succeeded(out var added, out var refused) ? AnswerAsync(call, added) : call.RefuseAsync(refused));
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var found = (await call.Services.Store.ReadAsync(s => s.DefaultRules.ListAsync(call.Cancel), call.Cancel)).Find(rule => $"{rule.Id}" == call.Segment("id"));
        await (found is null ? Missing(call) : AnswerAsync(call, found));
    }

    private static async Task DeleteAsync(ApiCall call)
    {
        var gone = long.TryParse(call.Segment("id"), out var id) && await call.Services.Store.WriteAsync(s => s.DefaultRules.RemoveAsync(id, call.Cancel), call.Cancel);
        await (gone ? call.AnswerAsync(204) : Missing(call));
    }

    private static Task Missing(ApiCall call) => long.TryParse(call.Segment("id"), out _)
        ? Errors.WriteAsync(call, 404, $"Security group default rule {call.Segment("id")} not found.")
        : Errors.WriteAsync(call, 400, "Security group default rule id should be integer");

    private static Task AnswerAsync(ApiCall call, SecurityGroupRule rule) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("security_group_default_rule");
        Write(w, rule);
        w.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter w, SecurityGroupRule rule)
    {
        w.WriteNumber("id", rule.Id);
        w.WriteString("ip_protocol", rule.Protocol);
        w.WriteNumber("from_port", rule.FromPort!.Value);
        w.WriteNumber("to_port", rule.ToPort!.Value);
        w.WriteStartObject("ip_range");
        w.WriteString("cidr", rule.CidrText);
        w.WriteEndObject();
    }
}
