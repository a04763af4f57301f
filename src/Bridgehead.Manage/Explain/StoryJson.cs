using System.Text.Json;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>An explanation for programs.</summary>
internal static class StoryJson
{
    public static string Of(CloudView cloud, Explanation explanation) => JsonText.Of(json =>
    {
        var trace = explanation.Trace;
        json.WriteStartObject();
        json.WriteBoolean("passes", trace.Passes);
        json.WriteString("fate", Word(trace.Fate));
        json.WriteString("verdict", explanation.Verdict);
        json.WriteString("change", explanation.Change);
        json.WriteString("note", explanation.Remark);
        Write(json, "packet", trace.Packet);
        Write(json, "final", trace.Final);
        json.WriteString("output", trace.Output?.ToString());
        json.WriteStartArray("steps");
        foreach (var step in trace.Steps)
        {
            Write(json, cloud, step);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, string name, Packet packet)
    {
        json.WriteStartObject(name);
        json.WriteString("source", packet.Source.ToString());
        json.WriteString("destination", packet.Destination.ToString());
        json.WriteString("protocol", Packet.NameOf(packet.Protocol));
        JsonText.Number(json, "source_port", packet.SourcePort);
        JsonText.Number(json, "destination_port", packet.DestinationPort);
        JsonText.Number(json, "icmp_type", packet.IcmpType);
        JsonText.Number(json, "icmp_code", packet.IcmpCode);
        json.WriteString("input", packet.Input?.ToString());
        json.WriteString("port", packet.Port?.ToString());
        json.WriteString("state", Word(packet.State));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CloudView cloud, TraceStep step)
    {
        json.WriteStartObject();
        json.WriteString("kind", Word(step.Kind));
        json.WriteNumber("depth", step.Depth);
        json.WriteString("chain", step.Chain);
        json.WriteString("text", step.Text);
        json.WriteBoolean("matched", step.Matched);
        json.WriteBoolean("decided", step.Decided);
        json.WriteString("why", step.Why);
        JsonText.Number(json, "security_group_rule", step.GroupRule);
        json.WriteString("security_group_rule_text", step.GroupRule is { } rule ? cloud.RuleText(rule) : null);
        json.WriteEndObject();
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
