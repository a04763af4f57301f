using System.Text.Json;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Rules of security groups.</summary>
internal static class SecurityRuleCommands
{
    public static readonly P Protocol = P.Argument("ip-proto", "tcp, udp or icmp.");
    public static readonly P From = P.Argument("from-port", "First port; the type for icmp, -1 for any.");
    public static readonly P To = P.Argument("to-port", "Last port; the code for icmp, -1 for any.");
    public static readonly P Range = P.Argument("cidr", "Where packets may come from, such as 0.0.0.0/0.");
    private static readonly P Group = P.Argument("secgroup", "Name or ID of the security group.");
    private static readonly P Source = P.Argument("source-group", "Name or ID of the group whose members may send.");
    private static readonly P[] GroupRule =
        [Group, Source, Protocol with { Takes = Takes.AtMostOne }, From with { Takes = Takes.AtMostOne }, To with { Takes = Takes.AtMostOne }];

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("secgroup-list-rules", "List the rules of a security group.", [Group], async call =>
            Print(call, (await call.Lookup.SecurityGroupAsync(call.Required("secgroup"))).Items("rules"))),
        new("secgroup-add-rule", "Add a rule to a security group.", [Group, Protocol, From, To, Range], AddAsync),
        new("secgroup-delete-rule", "Delete a rule from a security group.", [Group, Protocol, From, To, Range], DeleteAsync),
        new("secgroup-add-group-rule", "Let members of a group in.", GroupRule, AddGroupAsync),
        new("secgroup-delete-group-rule", "Delete a rule that lets members of a group in.", GroupRule, DeleteGroupAsync),
    ];

    /// <summary>The columns of a rule; a range or group that is not there is empty.</summary>
    public static IReadOnlyList<Column> Columns(bool withGroup)
    {
        Column[] common = ["IP Protocol", "From Port", "To Port", new Column("IP Range", rule => Cell.Of(rule.Member("ip_range").Member("cidr")))];
        return withGroup ? [.. common, new Column("Source Group", rule => Cell.Of(rule.Member("group").Member("name")))] : common;
    }

    public static int Port(Call call, string name, string what) =>
        int.TryParse(call.Required(name), out var port) ? port : throw new CommandException($"{what} port must be an integer.");

    public static void CheckProtocol(string protocol)
    {
        if (protocol.ToLowerInvariant() is not ("tcp" or "udp" or "icmp"))
        {
            throw new CommandException("IP protocol must be 'tcp', 'udp', or 'icmp'.");
        }
    }

    private static async Task AddAsync(Call call)
    {
        var rule = new Rule(call.Required("ip-proto"), Port(call, "from-port", "From"), Port(call, "to-port", "To"));
        CheckProtocol(rule.Protocol!);
        var group = await call.Lookup.SecurityGroupAsync(call.Required("secgroup"));
        await CreateAsync(call, group, rule, call.Required("cidr"), null);
    }

    private static async Task DeleteAsync(Call call)
    {
        var rule = new Rule(call.Required("ip-proto"), Port(call, "from-port", "From"), Port(call, "to-port", "To"));
        var cidr = call.Required("cidr");
        var group = await call.Lookup.SecurityGroupAsync(call.Required("secgroup"));
        await RemoveAsync(call, group, found => rule.Is(found) && found.Member("ip_range").Text("cidr") == cidr);
    }

    private static async Task AddGroupAsync(Call call)
    {
        var rule = WholeOrNone(call);
        var (group, source) = (await call.Lookup.SecurityGroupAsync(call.Required("secgroup")), await call.Lookup.SecurityGroupAsync(call.Required("source-group")));
        await CreateAsync(call, group, rule with { Protocol = rule.Protocol?.ToUpperInvariant() }, null, source.Id());
    }

    private static async Task DeleteGroupAsync(Call call)
    {
        var rule = WholeOrNone(call);
        var (group, source) = (await call.Lookup.SecurityGroupAsync(call.Required("secgroup")), await call.Lookup.SecurityGroupAsync(call.Required("source-group")));
        var name = source.Text("name");
        await RemoveAsync(call, group, found => rule.Is(found) && found.Member("group").Text("name") == name);
    }

    private static Rule WholeOrNone(Call call)
    {
        if (call["ip-proto"] is not { } protocol)
        {
            return new Rule(null, null, null);
        }

        if (call["to-port"] is null)
        {
            throw new CommandException("ip_proto, from_port, and to_port must be specified together");
        }

        CheckProtocol(protocol);
        return new Rule(protocol, Port(call, "from-port", "From"), Port(call, "to-port", "To"));
    }

    private static async Task CreateAsync(Call call, JsonElement group, Rule rule, string? cidr, string? source)
    {
        var answer = await call.Compute.PostAsync("os-security-group-rules", w => w.Object("security_group_rule", () =>
        {
            w.WriteString("ip_protocol", rule.Protocol);
            w.NumberOrNull("from_port", rule.From);
            w.NumberOrNull("to_port", rule.To);
            w.WriteString("cidr", cidr);
            WriteId(w, "group_id", source);
            WriteId(w, "parent_group_id", group.Id());
        }));
        Print(call, [answer.Member("security_group_rule")]);
    }

    private static async Task RemoveAsync(Call call, JsonElement group, Func<JsonElement, bool> isIt)
    {
        var rule = group.Items("rules").FirstOrDefault(isIt);
        var id = rule.ValueKind == JsonValueKind.Object ? rule.Id() : throw new CommandException("Rule not found");
        await call.Compute.DeleteAsync($"os-security-group-rules/{Uri.EscapeDataString(id)}");
        Print(call, [rule]);
    }

    /// <summary>Ids of groups are numbers here, and text on clouds that keep groups elsewhere.</summary>
    private static void WriteId(Utf8JsonWriter w, string name, string? id)
    {
        if (long.TryParse(id, out var number))
        {
            w.WriteNumber(name, number);
        }
        else
        {
            w.WriteString(name, id);
        }
    }

    private static void Print(Call call, IEnumerable<JsonElement> rules) => call.Terminal.List(rules, Columns(withGroup: true));

    private sealed record Rule(string? Protocol, int? From, int? To)
    {
        public bool Is(JsonElement rule) =>
            string.Equals(rule.Text("ip_protocol"), Protocol, StringComparison.OrdinalIgnoreCase) && rule.Int("from_port") == From && rule.Int("to_port") == To;
    }
}
