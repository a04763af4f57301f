namespace Bridgehead.Netlink;

public enum CommitOutcome
{
    /// <summary>Everything took effect.</summary>
    Committed,

    /// <summary>Nothing did: see the errors.</summary>
    Refused,

    /// <summary>Nothing did: somebody else committed since the generation that was named.</summary>
    Stale,

    /// <summary>Nobody knows: the kernel's answers were more than the socket's buffer held. Read the tables.</summary>
    Unknown,
}

/// <param name="Generation">
/// The generation that this commit made; 0 when the caller named none. A batch that only adds what is there already makes none, and nobody tells: then the next one is
/// <see cref="CommitOutcome.Stale"/>.
/// </param>
/// <param name="Handles">Handles of the rules that were to be echoed, in the order in which they were written.</param>
public readonly record struct CommitResult(CommitOutcome Outcome, uint Generation, IReadOnlyList<BatchError> Errors, IReadOnlyList<RuleHandle> Handles)
{
    public bool IsCommitted => Outcome == CommitOutcome.Committed;

    public override string ToString() => Errors.Count == 0 ? Outcome.ToString() : $"{Outcome}: {string.Join("; ", Errors)}";
}

/// <summary>The handle of a new rule, and the tag under which it was written.</summary>
public readonly record struct RuleHandle(int Tag, ulong Handle);

/// <summary>One operation that the kernel refused.</summary>
/// <param name="Tag">The tag under which it was written.</param>
/// <param name="Object">The table, and what in it, as far as the operation names it: <c>ip bridgehead ports-1</c>.</param>
/// <param name="Detail">The kernel's own words, when it has any.</param>
public sealed record BatchError(int Tag, NftMessage? Operation, string Object, int Number, string? Detail)
{
    private static readonly string[] Verbs = ["add", "get", "remove"];
    private static readonly string[] Nouns = ["table", "chain", "rule", "set", "element"];

    public override string ToString()
    {
        var what = Operation switch
        {
            { } message when (int)message < Verbs.Length * Nouns.Length => $"{Verbs[(int)message % 3]} {Nouns[(int)message / 3]} {Object}",
            { } message => $"{message} {Object}",
            null => "the batch",
        };
        return $"{what}: {Errno.Describe(Number)}{(Detail is null ? "" : $" ({Detail})")}";
    }
}
