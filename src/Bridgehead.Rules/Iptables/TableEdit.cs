using System.Text;

namespace Bridgehead.Rules.Iptables;

/// <summary>The part of a restore text that concerns one table: chains announced, rules changed, jumps placed, chains removed, in this order.</summary>
internal sealed class TableEdit(Table table, bool used, FamilyState state, IptablesBook book, JumpPlacement jumps)
{
    private readonly List<string> _announced = [];
    private readonly List<string> _commands = [];
    private readonly List<ChainId> _removed = [];

    public void Write(StringBuilder text)
    {
        foreach (var chain in state.Dirty.Where(chain => chain.Table == table).OrderBy(chain => chain.Name, StringComparer.Ordinal))
        {
            Edit(chain);
        }

        var held = new HashSet<string>(StringComparer.Ordinal);
        if (state.Saved is { } saved)
        {
            PlaceJumps(saved);
            held = StrangersJumps.DropOurs(table, saved, state, _removed, _commands);
        }

        // All are emptied before the first goes: they may jump to each other.
        var removals = _removed.Where(chain => state.Observed[chain].Count > 0).Select(chain => $"-F {chain.Name}")
            .Concat(_removed.Where(chain => !held.Contains(chain.Name)).Select(chain => $"-X {chain.Name}"))
            .ToList();
        if (_announced.Count + _commands.Count + removals.Count == 0)
        {
            return;
        }

        text.Append('*').Append(Name(table)).Append('\n');
        foreach (var line in _announced.Concat(_commands).Concat(removals))
        {
            text.Append(line).Append('\n');
        }

        text.Append("COMMIT\n");
    }

    public static string Name(Table table) => table switch
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
                _removed.Add(chain);
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
