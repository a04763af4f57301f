using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>Rules that a new project's default security group begins with.</summary>
internal static class DefaultRuleCommands
{
    private const string Resource = "os-security-group-default-rules";
    private static readonly Parameter[] Rule = [SecurityRuleCommands.Protocol, SecurityRuleCommands.From, SecurityRuleCommands.To, SecurityRuleCommands.Range];

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("secgroup-list-default-rules", "List the rules of new default security groups (administrators).", [], async call =>
            Print(call, (await call.Compute.GetAsync(Resource)).Items("security_group_default_rules"))),
        new("secgroup-add-default-rule", "Add a rule to new default security groups (administrators).", Rule, AddAsync),
        new("secgroup-delete-default-rule", "Delete a rule of new default security groups (administrators).", Rule, DeleteAsync),
    ];

    private static async Task AddAsync(Call call)
    {
        SecurityRuleCommands.CheckProtocol(call.Required("ip-proto"));
        var (from, to) = (SecurityRuleCommands.Port(call, "from-port", "From"), SecurityRuleCommands.Port(call, "to-port", "To"));
        var answer = await call.Compute.PostAsync(Resource, w => w.Object("security_group_default_rule", () =>
        {
            w.WriteString("ip_protocol", call.Required("ip-proto"));
            w.WriteNumber("from_port", from);
            w.WriteNumber("to_port", to);
            w.WriteString("cidr", call.Required("cidr"));
        }));
        Print(call, [answer.Member("security_group_default_rule")]);
    }

    private static async Task DeleteAsync(Call call)
    {
        var (from, to) = (SecurityRuleCommands.Port(call, "from-port", "From"), SecurityRuleCommands.Port(call, "to-port", "To"));
        var rule = (await call.Compute.GetAsync(Resource)).Items("security_group_default_rules").FirstOrDefault(r =>
            string.Equals(r.Text("ip_protocol"), call["ip-proto"], StringComparison.OrdinalIgnoreCase)
            && r.Int("from_port") == from && r.Int("to_port") == to && r.Member("ip_range").Text("cidr") == call["cidr"]);
        var id = rule.ValueKind == JsonValueKind.Object ? rule.Id() : throw new CommandException("Rule not found");
        await call.Compute.DeleteAsync($"{Resource}/{Uri.EscapeDataString(id)}");
        Print(call, [rule]);
    }

    private static void Print(Call call, IEnumerable<JsonElement> rules) => call.Terminal.List(rules, SecurityRuleCommands.Columns(withGroup: false));
}
