using System.Globalization;
using Bridgehead.Rules.Inventory;

namespace Bridgehead.Manage;

/// <summary>What a chain or set is for, in the names of the cloud, from the keys of the policies because of which it exists.</summary>
internal static class Purpose
{
    private const int MostNames = 3;

    /// <summary>Null when it is for no server and no group.</summary>
    public static string? Of(CloudView cloud, ListedChain chain)
    {
        var keys = chain.Owners.Select(key => key.Split('/')).ToList();
        if (chain.Kind != ListedKind.Chain && keys.Find(key => key[0] == "member") is { } member)
        {
            return $"members of {GroupOf(cloud, member)}";
        }

        // A group's chain and set have its number in their names; they are there for the instances in it as well.
        return keys.Find(key => key[0] == "group" && chain.Name.EndsWith($"-{key[1]}", StringComparison.Ordinal)) is { } group ? GroupOf(cloud, group) : ServersOf(cloud, keys);
    }

    private static string? ServersOf(CloudView cloud, List<string[]> keys)
    {
        var servers = keys.Where(key => key[0] == "instance").Select(key => cloud.Numbered(NumberOf(key))?.Instance.DisplayName ?? $"instance {key[1]}").ToList();
        var more = servers.Count - MostNames;
        return servers.Count == 0 ? null : $"{(servers.Count == 1 ? "server" : "servers")} {string.Join(", ", servers.Take(MostNames))}{(more > 0 ? $" and {more} more" : "")}";
    }

    private static string GroupOf(CloudView cloud, string[] key) => cloud.GroupText(NumberOf(key)) ?? $"security group {key[1]}";

    private static long NumberOf(string[] key) => long.Parse(key[1], CultureInfo.InvariantCulture);
}
