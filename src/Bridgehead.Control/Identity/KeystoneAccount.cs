using System.Globalization;
using System.Net;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>This service's own account in a Keystone: one token, renewed a minute before it ends.</summary>
internal sealed class KeystoneAccount(KeystoneSettings settings, HttpClient http, string tokens, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Held? _held;

    /// <summary>Null when the Keystone refuses the account. Throws when it does not answer.</summary>
    /// <param name="refused">A token of ours that the Keystone refused: it is not given again.</param>
    public async Task<string?> TokenAsync(string? refused, CancellationToken cancel)
    {
        if (Good(_held) is { } good && good != refused)
        {
            return good;
        }

        await _one.WaitAsync(cancel);
        try
        {
            // Somebody else may have renewed it meanwhile.
            return Good(_held) is { } fresh && fresh != refused ? fresh : await LogInAsync(cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private string? Good(Held? held) => held is not null && held.Until - Margin > clock.GetUtcNow() ? held.Token : null;

    private async Task<string?> LogInAsync(CancellationToken cancel)
    {
        using var answer = await PostAsync(cancel);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancel));
        var until = DateTimeOffset.Parse(document.RootElement.GetProperty("token").GetProperty("expires_at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var token = answer.Headers.GetValues("X-Subject-Token").First();
        _held = new Held(token, until);
        return token;
    }

    /// <summary>A connection that the Keystone closed while it was idle is found out about by the request; only those without a body are repeated of themselves.</summary>
    private async Task<HttpResponseMessage> PostAsync(CancellationToken cancel)
    {
        for (var first = true; ; first = false)
        {
            using var body = new ByteArrayContent(Body());
            body.Headers.ContentType = new("application/json");
            try
            {
                return await http.PostAsync(tokens, body, cancel);
            }
            catch (HttpRequestException problem) when (first && problem.HttpRequestError == HttpRequestError.ResponseEnded)
            {
                // Once more, on a connection of its own.
            }
        }
    }

    private byte[] Body()
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer))
        {
            w.WriteStartObject();
            w.WriteStartObject("auth");
            w.WriteStartObject("identity");
            w.WriteStartArray("methods");
            w.WriteStringValue("password");
            w.WriteEndArray();
            w.WriteStartObject("password");
            w.WriteStartObject("user");
            Name(w, settings.Username, settings.UserDomainName);
            w.WriteString("password", settings.Password ?? "");
            w.WriteEndObject();
            w.WriteEndObject();
            w.WriteEndObject();
            w.WriteStartObject("scope");
            w.WriteStartObject("project");
            Name(w, settings.ProjectName, settings.ProjectDomainName);
            w.WriteEndObject();
            w.WriteEndObject();
            w.WriteEndObject();
            w.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private sealed record Held(string Token, DateTimeOffset Until);

    private static void Name(Utf8JsonWriter w, string name, string domain)
    {
        w.WriteString("name", name);
        w.WriteStartObject("domain");
        w.WriteString("name", domain);
        w.WriteEndObject();
    }
}

/// <summary>Reads what a Keystone tells of a token.</summary>
internal static class KeystoneAnswer
{
    public static Login Read(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var token = document.RootElement.GetProperty("token");
        return new Login
        {
            User = Member(token.GetProperty("user")),
            Project = token.TryGetProperty("project", out var project) ? Member(project) : null,
            Domain = token.TryGetProperty("domain", out var domain) ? Named(domain) : null,
            System = token.TryGetProperty("system", out _),
            Roles = token.TryGetProperty("roles", out var roles) ? [.. roles.EnumerateArray().Select(Named)] : [],
            ExpiresAt = DateTimeOffset.Parse(token.GetProperty("expires_at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        };
    }

    private static DomainMember Member(JsonElement element) => new(Text(element, "id"), Text(element, "name"), Named(element.GetProperty("domain")));

    private static Named Named(JsonElement element) => new(Text(element, "id"), Text(element, "name"));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}
