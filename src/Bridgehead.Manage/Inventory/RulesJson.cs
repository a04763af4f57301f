using System.Text.Json;
using Bridgehead.Rules.Inventory;

namespace Bridgehead.Manage;

/// <summary>The listing for programs: exact counters, and every rule of the chains that are shown.</summary>
internal static class RulesJson
{
    /// <param name="cloud">Names.</param>
    /// <param name="shown">What is printed.</param>
    /// <param name="whole">What it is a part of: whether it differs, and how many rules are in which state.</param>
    public static string Of(CloudView cloud, Listing shown, Listing whole) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("differs", whole.Differs);
        json.WriteStartObject("rules");
        foreach (var state in Enum.GetValues<ListedState>().Where(state => state != ListedState.Altered))
        {
            json.WriteNumber(Word(state), whole.Chains.Sum(chain => chain.Rules.Count(rule => rule.State == state)));
        }

        json.WriteEndObject();
        Write(json, "workers", shown.Workers);
        Write(json, "other_tables", shown.OtherTables);
        json.WriteStartArray("chains");
        foreach (var chain in shown.Chains)
        {
            Write(json, cloud, chain);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, CloudView cloud, ListedChain chain)
    {
        json.WriteStartObject();
        json.WriteString("program", Word(chain.Table.Program));
        json.WriteString("family", chain.Table.Family);
        json.WriteString("table", chain.Table.Name);
        json.WriteString("kind", Word(chain.Kind));
        json.WriteString("name", chain.Name);
        json.WriteString("declaration", chain.Declaration);
        json.WriteString("state", Word(chain.State));
        json.WriteString("for", Purpose.Of(cloud, chain));
        json.WriteStartArray(chain.Kind == ListedKind.Chain ? "rules" : "elements");
        foreach (var rule in chain.Rules)
        {
            Write(json, cloud, rule);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CloudView cloud, ListedRule rule)
    {
        json.WriteStartObject();
        json.WriteString("text", rule.Text);
        json.WriteString("state", Word(rule.State));
        json.WriteString("why", cloud.WhyOf(rule.GroupRule, rule.Why));
        JsonText.Number(json, "security_group_rule", rule.GroupRule);
        Write(json, "packets", rule.Count?.Packets);
        Write(json, "bytes", rule.Count?.Bytes);
        Write(json, "handle", rule.Handle);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ulong? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
