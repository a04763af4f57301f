namespace Bridgehead.Rules.Iptables;

/// <summary>A jump of a worker into a chain of its own from a built-in or shared chain. <see cref="Target"/> is the suffix of the worker's chain.</summary>
internal sealed record SkeletonJump(Table Table, string From, string Target);

/// <summary>A chain that all workers share, and the built-in chains that jump to it: first of all, or after every worker's jump.</summary>
internal sealed record SharedChain(Table Table, string Name, IReadOnlyList<string> From, bool First);

/// <summary>
/// The chains every worker installs before any rule of an entity: a table of data. Evaluation goes FORWARD, nova-filter-top, each worker's local, each worker's FORWARD;
/// and POSTROUTING, each worker's POSTROUTING, nova-postrouting-bottom, each worker's snat, its float-snat first.
/// </summary>
internal static class Skeleton
{
    /// <summary>Names of workers, in the order in which their jumps stand; others follow in alphabetical order.</summary>
    public static readonly IReadOnlyList<string> Workers = ["nova-network", "nova-compute", "nova-api", "nova-api-metadat"];

    public static readonly IReadOnlyList<SharedChain> Shared =
    [
        new(Table.Filter, "nova-filter-top", ["FORWARD", "OUTPUT"], First: true),
        new(Table.Nat, "nova-postrouting-bottom", ["POSTROUTING"], First: false),
    ];

    public static readonly IReadOnlyList<SkeletonJump> Jumps =
    [
        new(Table.Filter, "INPUT", "INPUT"),
        new(Table.Filter, "FORWARD", "FORWARD"),
        new(Table.Filter, "OUTPUT", "OUTPUT"),
        new(Table.Filter, "nova-filter-top", "local"),
        new(Table.Nat, "PREROUTING", "PREROUTING"),
        new(Table.Nat, "OUTPUT", "OUTPUT"),
        new(Table.Nat, "POSTROUTING", "POSTROUTING"),
        new(Table.Nat, "nova-postrouting-bottom", "snat"),
        new(Table.Mangle, "POSTROUTING", "POSTROUTING"),
    ];

    /// <summary>A worker's chains that exist whatever the entities are.</summary>
    public static IEnumerable<(Table Table, string Suffix)> Chains() => Jumps.Select(jump => (jump.Table, jump.Target)).Append((Table.Nat, "float-snat"));

    public static bool HasTable(IpFamily family, Table table, bool mangle) =>
        table == Table.Filter || (family == IpFamily.V4 && (table == Table.Nat || mangle));

    /// <summary>Whether the chain is one that workers put jumps into: built-in or shared.</summary>
    public static bool IsCommon(Table table, string chain) => Jumps.Any(jump => jump.Table == table && jump.From == chain);

    /// <summary>The place of a worker among workers; a stranger's name comes after all known ones.</summary>
    public static int Rank(string worker) => Workers.IndexOf(worker) is var place and >= 0 ? place : Workers.Count;

    /// <summary>Whose chain this is: the longest known worker's name that the chain's begins with, followed by a dash.</summary>
    public static string? OwnerOf(string chain, string self) => Workers.Append(self)
        .Where(worker => chain.Length > worker.Length + 1 && chain[worker.Length] == '-' && chain.StartsWith(worker, StringComparison.Ordinal))
        .MaxBy(worker => worker.Length);

    private static int IndexOf(this IReadOnlyList<string> list, string item)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] == item)
            {
                return i;
            }
        }

        return -1;
    }
}
