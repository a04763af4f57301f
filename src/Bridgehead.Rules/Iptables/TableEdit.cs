using System.Text;

namespace Bridgehead.Rules.Iptables;

/// <summary>The part of a restore text that concerns one table: chains announced, rules changed, jumps placed, chains removed, in this order.</summary>
internal sealed class TableEdit(Table table, bool used, FamilyState state, RuleBook book, JumpPlacement jumps)
{
    private readonly List<string> _announced = [];
    private readonly List<string> _commands = [];
    private readonly List<string> _removals = [];

    public void Write(StringBuilder text)
    {
        foreach (var chain in state.Dirty.Where(chain => chain.Table == table).OrderBy(chain => chain.Name, StringComparer.Ordinal))
        {
            Edit(chain);
        }

        if (state.Saved is { } saved)
        {
            PlaceJumps(saved);
        }

        if (_announced.Count + _commands.Count + _removals.Count == 0)
        {
            return;
        }

        text.Append('*').Append(Name(table)).Append('\n');
        foreach (var line in _announced.Concat(_commands).Concat(_removals))
        {
            text.Append(line).Append('\n');
        }

        text.Append("COMMIT\n");
    }

    private static string Name(Table table) => table switch
    {
        Table.Filter => "filter",
        Table.Nat => "nat",
        _ => "mangle",
    };

    private void Edit(ChainId chain)
    {
        var after = book.Lines(chain);
        state.InFlight[chain] = after;
        var before = state.Observed.GetValueOrDefault(chain);
        if (after is null)
        {
            if (before is not null)
            {
                _removals.Add($"-F {chain.Name}");
                _removals.Add($"-X {chain.Name}");
            }

            return;
        }

        var commands = ChainEdit.Between(chain.Name, before ?? [], after, out var rewrite);
        if (rewrite || before is null)
        {
            _announced.Add($":{chain.Name} - [0:0]");
        }

        _commands.AddRange(commands);
    }

    private void PlaceJumps(SavedRules saved)
    {
        if (!used)
        {
            foreach (var chain in Skeleton.Jumps.Where(j => j.Table == table).Select(j => j.From).Distinct())
            {
                _commands.AddRange(jumps.Withdraw(table, chain, saved.Rules(table, chain) ?? []));
            }

            return;
        }

        foreach (var shared in Skeleton.Shared.Where(s => s.Table == table))
        {
            if (saved.Rules(table, shared.Name) is null)
            {
                // -N, not a colon line: another worker may have made it meanwhile, and a colon line would empty it.
                _announced.Add($"-N {shared.Name}");
            }
        }

        var chains = Skeleton.Jumps.Where(j => j.Table == table).Select(j => j.From).Concat(Skeleton.Shared.Where(s => s.Table == table).SelectMany(s => s.From)).Distinct();
        foreach (var chain in chains.Order(StringComparer.Ordinal))
        {
            _commands.AddRange(jumps.Place(table, chain, [.. saved.Rules(table, chain) ?? []]));
        }
    }
}
