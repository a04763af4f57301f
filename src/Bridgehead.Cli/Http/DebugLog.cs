using System.Text;
using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>Requests and replies on the error stream, as commands one could type. Secrets are left out, because such logs are pasted into bug reports.</summary>
internal sealed class DebugLog(Terminal terminal)
{
    private const string Hidden = "***";
    private static readonly string[] SecretHeaders = ["X-Auth-Token", "X-Subject-Token", "Authorization", "Set-Cookie"];
    private static readonly string[] SecretMembers = ["password", "adminPass", "admin_pass", "private_key", "original_password"];

    public void Request(HttpRequestMessage request, byte[]? body)
    {
        var line = new StringBuilder($"REQ: curl -g -i -X {request.Method} {request.RequestUri}");
        foreach (var (name, values) in request.Headers)
        {
            line.Append($" -H \"{name}: {Value(name, values)}\"");
        }

        terminal.Complain(line.Append(body is null ? "" : $" -d '{Redacted(body)}'").ToString());
    }

    public void Response(HttpResponseMessage response, byte[] body)
    {
        var headers = response.Headers.Concat(response.Content.Headers).Select(header => $"{header.Key}: {Value(header.Key, header.Value)}");
        terminal.Complain($"RESP: [{(int)response.StatusCode}] {string.Join(", ", headers)}");
        if (body.Length > 0)
        {
            terminal.Complain($"RESP BODY: {Redacted(body)}");
        }
    }

    private static string Value(string name, IEnumerable<string> values) => SecretHeaders.Contains(name, StringComparer.OrdinalIgnoreCase) ? Hidden : string.Join(", ", values);

    private static string Redacted(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            using var memory = new MemoryStream();
            using (var writer = new Utf8JsonWriter(memory))
            {
                Copy(writer, document.RootElement, inLogin: false);
            }

            return Encoding.UTF8.GetString(memory.ToArray());
        }
        catch (JsonException)
        {
            return $"<{body.Length} bytes>";
        }
    }

    /// <param name="inLogin">Inside "identity" a token's id is the token itself.</param>
    private static void Copy(Utf8JsonWriter writer, JsonElement value, bool inLogin)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Copy(writer, member, inLogin);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Copy(writer, item, inLogin);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void Copy(Utf8JsonWriter writer, JsonProperty member, bool inLogin)
    {
        var secret = SecretMembers.Contains(member.Name, StringComparer.Ordinal) && member.Value.ValueKind == JsonValueKind.String;
        if (secret || (inLogin && member.Name == "token"))
        {
            writer.WriteStringValue(Hidden);
            return;
        }

        Copy(writer, member.Value, inLogin || member.Name == "identity");
    }
}
