namespace Bridgehead.Api;

/// <summary>The bodies that set metadata, of servers and of images.</summary>
internal static class MetadataBody
{
    /// <summary>All items of <c>{"metadata": {...}}</c>.</summary>
    public static Dictionary<string, string> Items(JsonBody body) => body.Object("metadata").Texts();

    /// <summary>The one item of <c>{"meta": {...}}</c>, which is the one that the path names.</summary>
    public static Dictionary<string, string> Item(JsonBody body, string key)
    {
        var items = body.Object("meta").Texts();
        if (items.Count != 1 || !items.ContainsKey(key))
        {
            body.Note("Request body and URI mismatch: the body must have the one item that the path names.");
        }

        return items;
    }
}
