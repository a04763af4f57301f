using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>An explanation for programs.</summary>
internal static class StoryJson
{
    /// <param name="cloud">The cloud's entities.</param>
    /// <param name="explanation">What is told.</param>
    /// <param name="indented">For people too; else one line.</param>
    public static string Of(CloudView cloud, Explanation explanation, bool indented)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
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
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string name, Packet packet)
    {
        json.WriteStartObject(name);
        json.WriteString("source", packet.Source.ToString());
        json.WriteString("destination", packet.Destination.ToString());
        json.WriteString("protocol", Packet.NameOf(packet.Protocol));
        WriteNumber(json, "source_port", packet.SourcePort);
        WriteNumber(json, "destination_port", packet.DestinationPort);
        WriteNumber(json, "icmp_type", packet.IcmpType);
        WriteNumber(json, "icmp_code", packet.IcmpCode);
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
        WriteNumber(json, "security_group_rule", step.GroupRule);
        json.WriteString("security_group_rule_text", step.GroupRule is { } rule ? cloud.RuleText(rule) : null);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
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
