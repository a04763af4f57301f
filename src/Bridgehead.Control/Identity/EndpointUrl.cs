using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>URLs of the catalogue.</summary>
public static class EndpointUrl
{
    /// <summary>What is wrong with an operator's URL.</summary>
    public static Problem? Check(string url)
    {
        var filled = Fill(url, "p", "u");
        return url.Length <= 225 && filled is not null && !url.Any(char.IsWhiteSpace) && Uri.TryCreate(filled, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? null
            : Problem.Bad($"'{url}' is not a URL of an endpoint: http or https, at most 225 characters, with project_id, tenant_id and user_id as the only substitutions.");
    }

    /// <summary>The URL with the token's project and user in it; null when it names what the token has not.</summary>
    public static string? Fill(string url, string? project, string user)
    {
        var filled = url;
        foreach (var (name, value) in new[] { ("project_id", project), ("tenant_id", project), ("user_id", user) })
        {
            if (value is not null)
            {
                filled = filled.Replace($"$({name})s", value, StringComparison.Ordinal).Replace($"%({name})s", value, StringComparison.Ordinal);
            }
        }

        return filled.Contains("$(", StringComparison.Ordinal) || filled.Contains("%(", StringComparison.Ordinal) ? null : filled;
    }
}
