namespace Bridgehead.Api;

/// <summary>A request's path in the one form that routes are written in.</summary>
internal sealed record ApiPath(string Path, string? Project, bool EndedInSlash);

/// <summary>
/// Brings what clients send to that form. Doubled slashes mean nothing and a trailing one is only remembered, old endpoints carry the project's id behind the version, and clients of a bare nova
/// endpoint leave the service's name out.
/// </summary>
internal static class Paths
{
    private const string Current = "/compute/v2.1";
    private const int ProjectIdLength = 32;

    public static ApiPath Read(string text)
    {
        var path = "/" + string.Join('/', text.Split('/', StringSplitOptions.RemoveEmptyEntries));
        var slash = text.Length > 1 && text.EndsWith('/');
        if (path == "/")
        {
            return new ApiPath("/compute", null, slash);
        }

        if (IsUnder(path, "/v2.1") || IsUnder(path, "/v2"))
        {
            path = "/compute" + path;
        }

        if (path.StartsWith("/compute/v2/", StringComparison.Ordinal))
        {
            path = Current + path["/compute/v2".Length..];
        }

        return WithoutProject(path, slash);
    }

    private static ApiPath WithoutProject(string path, bool slash)
    {
        if (!path.StartsWith(Current + "/", StringComparison.Ordinal))
        {
            return new ApiPath(path, null, slash);
        }

        var rest = path[(Current.Length + 1)..];
        var end = rest.IndexOf('/', StringComparison.Ordinal);
        var first = end < 0 ? rest : rest[..end];
        return first.Length == ProjectIdLength && first.All(char.IsAsciiHexDigitLower)
            ? new ApiPath(Current + rest[first.Length..], first, slash)
            : new ApiPath(path, null, slash);
    }

    private static bool IsUnder(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');
}
