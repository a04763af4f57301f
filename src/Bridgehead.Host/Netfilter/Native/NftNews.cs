using Bridgehead.Netlink;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>
/// What others committed since we last looked: which generation the kernel is at, and whether they touched what is ours. A second one, on a thread of its own, tells at once
/// (<see cref="NftWatch"/>); this one is asked.
/// </summary>
internal sealed class NftNews(NftPlan plan) : IDisposable
{
    private readonly NftMonitor _monitor = new(MonitorGroups.Changes);
    private uint? _generation;
    private bool _ours;

    /// <summary>The socket whose commits are our own.</summary>
    public uint Except
    {
        set => _monitor.Except = value;
    }

    /// <summary>Takes what there is. <paramref name="generation"/> goes to the newest one told; true when something of ours may have changed.</summary>
    public bool Take(ref uint generation)
    {
        (_generation, _ours) = (null, false);
        MonitorResult result;
        do
        {
            result = _monitor.Wait(TimeSpan.Zero, Hear);
            _ours |= result.Lost;
        }
        while (result.Heard > 0);

        if (_generation is { } told && (int)(told - generation) > 0)
        {
            generation = told;
        }

        return _ours;
    }

    public void Dispose() => _monitor.Dispose();

    /// <summary>Whether the change is of what the plan looks after.</summary>
    public static bool IsOurs(NftPlan plan, NftEvent.Change change)
    {
        foreach (var table in plan.Tables)
        {
            if (change.Table.Name == table.Name && change.Table.Family == ExpressionDraft.FamilyOf(table.Family))
            {
                return change.Name.Length == 0 || plan.HasContent(new NftId(table, change.Name));
            }
        }

        return false;
    }

    private void Hear(NftEvent told)
    {
        switch (told)
        {
            case NftEvent.Generation generation:
                _generation = generation.Id;
                break;
            case NftEvent.Change change:
                _ours |= IsOurs(plan, change);
                break;
        }
    }
}
