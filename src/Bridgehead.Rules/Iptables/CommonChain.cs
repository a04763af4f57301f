namespace Bridgehead.Rules.Iptables;

/// <summary>A built-in or shared chain as it is once every worker has put in its jumps, with other people's rules where they are.</summary>
internal sealed class CommonChain
{
    private readonly Dictionary<string, Rule> _ours;
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);

    public CommonChain(ChainId id, IEnumerable<string> there, IReadOnlyList<FirewallPlan> plans)
    {
        List<string> lines = [.. there];
        foreach (var plan in plans.Where(plan => plan.Uses(id.Family, id.Table)))
        {
            var placement = new JumpPlacement(plan.Worker);
            _wanted.UnionWith(placement.Wanted(id.Table, id.Name));
            Changes.AddRange(placement.Place(id.Table, id.Name, lines));
        }

        Lines = lines;
        _ours = Skeleton.Shared.Where(shared => shared.Table == id.Table).Select(shared => (shared.Name, Why: shared.First ? "what comes before everything else, of all nova workers" : "what comes after everything else, of all nova workers"))
            .Concat(plans.SelectMany(plan => Skeleton.Jumps.Where(jump => jump.Table == id.Table).Select(jump => (Name: $"{plan.Worker}-{jump.Target}", Why: $"{plan.Worker}'s rules"))))
            .ToDictionary(jump => $"-j {jump.Name}", jump => new Rule([], new Verdict.Jump(jump.Name), jump.Why), StringComparer.Ordinal);
    }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>The commands that lead there; none when all is in place.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Whether the line is a jump that this chain should have.</summary>
    public bool IsWanted(string line) => _wanted.Contains(line);

    /// <summary>The jump to a chain of ours that the line is, whether or not it belongs here; null for somebody else's.</summary>
    public Rule? Jump(string line) => _ours.GetValueOrDefault(line);
}
