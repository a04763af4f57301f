namespace Bridgehead.Rules.Tracing;

/// <summary>A rule as it stands in the kernel.</summary>
/// <param name="Handle">The kernel's number for it, unique in its table.</param>
/// <param name="Text">In the words of its program.</param>
/// <param name="Why">Why it exists; null for somebody else's, and for what stands in a chain of ours and is not wanted there.</param>
/// <param name="Foreign">Not wanted by anything in the cloud.</param>
public sealed record BookRule(ulong Handle, string Text, string? Why, long? GroupRule, bool Foreign)
{
    /// <summary>What it does to a packet, as the tracer knows it; null where it does not.</summary>
    internal Func<Passing, Effect>? Try { get; init; }
}

/// <summary>A chain with its rules in order.</summary>
/// <param name="Family">The table's, by nft's names.</param>
/// <param name="TableName">The table as people name it: <c>nat</c> for iptables', else <c>ip bridgehead</c>.</param>
public sealed record BookChain(string Family, string Table, string TableName, string Name, IReadOnlyList<BookRule> Rules);

/// <summary>The rules of a host's packet filter by their handles: what the kernel's traces name. Of what has gone since, an earlier book still knows.</summary>
public sealed class RuleBook
{
    private readonly Dictionary<(string Family, string Table, string Chain), BookChain> _chains = [];
    private readonly RuleBook? _before;

    /// <param name="chains">All that could be read.</param>
    /// <param name="before">The book before this one.</param>
    public RuleBook(IEnumerable<BookChain> chains, RuleBook? before = null)
    {
        foreach (var chain in chains)
        {
            _chains[(chain.Family, chain.Table, chain.Name)] = chain;
        }

        // One is enough, and a host that changes all the time would otherwise keep all that ever was.
        _before = before is null ? null : new RuleBook(before._chains.Values);
    }

    internal IReadOnlyList<BookRule> RulesOf(TraceEvent told, string chain) => _chains.GetValueOrDefault((told.Family, told.Table, chain))?.Rules ?? [];

    internal string TableNameOf(TraceEvent told) => Known(told)?.TableName ?? $"{told.Family} {told.Table}";

    /// <summary>The rule that the event names; one without a text where nobody knows it.</summary>
    internal BookRule RuleOf(TraceEvent told) => Find(told)
        ?? new BookRule(told.Handle!.Value, $"rule {told.Handle} of {told.Family} {told.Table} {told.Chain}, which could not be read", null, null, Foreign: true);

    private BookChain? Known(TraceEvent told) => _chains.GetValueOrDefault((told.Family, told.Table, told.Chain)) ?? _before?.Known(told);

    private BookRule? Find(TraceEvent told) => RulesOf(told, told.Chain).FirstOrDefault(rule => rule.Handle == told.Handle) ?? _before?.Find(told);
}
