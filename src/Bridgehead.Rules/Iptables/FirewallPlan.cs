using System.Text;

namespace Bridgehead.Rules.Iptables;

/// <summary>
/// A worker's rules: what is wanted, what the kernel holds as far as we know, and the text for <c>iptables-restore --noflush</c> that leads from one to the other. The text has
/// the chains that differ and nothing else. Not thread-safe: it has one writer.
/// </summary>
/// <remarks>
/// Use: <see cref="Put"/> and <see cref="Remove"/> say what is wanted. <see cref="Observe"/> takes what iptables-save printed (at start, and after a failure). <see cref="Pending"/>
/// gives the text, empty when there is nothing to do; <see cref="Committed"/> says that the kernel took it. Without that, the same is pending again.
/// </remarks>
public sealed class FirewallPlan
{
    /// <summary>With it the longest chain name, of POSTROUTING, has the 28 characters that iptables allows.</summary>
    private const int LongestWorker = 16;

    internal const string SkeletonKey = "skeleton";

    private readonly string _worker;
    private readonly IRuleProfile _profile;
    private readonly IptablesBook _book = new(rule => rule.Text);
    private readonly GroupExpansion _groups = new();
    private readonly Dictionary<string, InstanceFrame> _frames = [];
    private readonly Dictionary<IpFamily, FamilyState> _families;

    public FirewallPlan(string worker, IRuleProfile profile, bool ipv6)
    {
        worker = worker.Length > LongestWorker ? worker[..LongestWorker] : worker;
        _worker = worker;
        _profile = profile;
        Families = ipv6 ? [IpFamily.V4, IpFamily.V6] : [IpFamily.V4];
        _families = Families.ToDictionary(family => family, _ => new FamilyState());
        foreach (var family in Families)
        {
            foreach (var (table, suffix) in Skeleton.Chains().Where(chain => Skeleton.HasTable(family, chain.Table, profile.UsesMangle)))
            {
                _book.AddSkeletonChain(new ChainId(family, table, $"{worker}-{suffix}"));
            }
        }

        _book.Put(profile.Skeleton(worker));
    }

    /// <summary>The prefix of the worker's chains.</summary>
    public string Worker => _worker;

    public IReadOnlyList<IpFamily> Families { get; }

    /// <summary>Whether the worker has chains in the family's table.</summary>
    internal bool Uses(IpFamily family, Table table) => _families.ContainsKey(family) && Skeleton.HasTable(family, table, _profile.UsesMangle);

    /// <summary>Whether a worker's rules stand in the chain, whatever the table: it is the worker's own, or one that all put jumps into.</summary>
    public static bool Concerns(string worker, string chain) =>
        Skeleton.OwnerOf(chain, worker) == worker || Enum.GetValues<Table>().Any(table => Skeleton.IsCommon(table, chain) || Skeleton.Shared.Any(shared => shared.Table == table && shared.Name == chain));

    /// <summary>What is wanted.</summary>
    public IptablesBook Book
    {
        get
        {
            WriteStaleInstances();
            return _book;
        }
    }

    public void Put(Policy policy)
    {
        if (!_groups.Put(policy))
        {
            _book.Put(_profile.Plan(_worker, policy));
        }
    }

    public void Remove(string key)
    {
        if (!_groups.Remove(key))
        {
            _book.Remove(key);
        }
    }

    /// <summary>Puts these policies and removes all others.</summary>
    public void Replace(IReadOnlyList<Policy> policies)
    {
        var wanted = policies.Select(policy => policy.Key).Append(SkeletonKey).ToHashSet(StringComparer.Ordinal);
        foreach (var key in _book.Keys.Concat(_groups.Keys).Where(key => !wanted.Contains(key)).ToList())
        {
            Remove(key);
        }

        foreach (var policy in policies)
        {
            Put(policy);
        }
    }

    /// <summary>Takes what the kernel holds now; everything of ours is compared again.</summary>
    public void Observe(IpFamily family, string saved)
    {
        var rules = SavedRules.Parse(saved);
        var state = _families[family];
        state.Saved = rules;
        state.Observed.Clear();
        state.Dirty.Clear();
        foreach (var table in Enum.GetValues<Table>())
        {
            foreach (var chain in rules.Chains(table).Where(chain => Skeleton.OwnerOf(chain, _worker) == _worker))
            {
                var id = new ChainId(family, table, chain);
                state.Observed[id] = rules.Rules(table, chain)!;
                state.Dirty.Add(id);
            }
        }

        foreach (var chain in _book.Chains.Where(chain => chain.Family == family))
        {
            state.Dirty.Add(chain);
        }
    }

    /// <summary>The input for iptables-restore of that family; empty when the kernel holds what is wanted.</summary>
    public string Pending(IpFamily family)
    {
        WriteStaleInstances();
        foreach (var chain in _book.TakeDirty())
        {
            if (_families.TryGetValue(chain.Family, out var owner))
            {
                owner.Dirty.Add(chain);
            }
        }

        var state = _families[family];
        state.InFlight.Clear();
        var text = new StringBuilder();
        foreach (var table in Enum.GetValues<Table>())
        {
            var used = Skeleton.HasTable(family, table, _profile.UsesMangle);
            new TableEdit(table, used, state, _book, new JumpPlacement(_worker)).Write(text);
        }

        return text.ToString();
    }

    /// <summary>What the text of <see cref="Pending"/> would change; to be asked between an observation and the commit that follows it.</summary>
    public IReadOnlyList<RuleChange> Changes(IpFamily family)
    {
        var text = Pending(family);
        return _families[family].Saved is { } saved ? [.. new IptablesChanges(family, saved, (table, chain, line) => WhyOf(new ChainId(family, table, chain), line)).Of(text)] : [];
    }

    private string? WhyOf(ChainId chain, string line) => _book.Reading(chain, line).FirstOrDefault()?.Why;

    private void WriteStaleInstances()
    {
        foreach (var (key, now) in _groups.TakeStale())
        {
            if (now is var (filter, rules))
            {
                _book.Put(FrameOf(filter).With(rules));
            }
            else
            {
                _frames.Remove(key);
                _book.Remove(key);
            }
        }
    }

    private InstanceFrame FrameOf(Policy.InstanceFilter filter)
    {
        if (!_frames.TryGetValue(filter.Key, out var frame) || !ReferenceEquals(frame.Instance, filter))
        {
            _frames[filter.Key] = frame = _profile.Frame(_worker, filter, Families);
        }

        return frame;
    }

    /// <summary>The kernel took the text of the last <see cref="Pending"/>.</summary>
    public void Committed(IpFamily family)
    {
        var state = _families[family];
        foreach (var (chain, lines) in state.InFlight)
        {
            state.Dirty.Remove(chain);
            if (lines is null)
            {
                state.Observed.Remove(chain);
            }
            else
            {
                state.Observed[chain] = lines;
            }
        }

        state.Saved = null;
    }
}

/// <summary>What is known of the kernel in one family.</summary>
internal sealed class FamilyState
{
    /// <summary>Set between an observation and the next commit: other people's chains are looked at only then.</summary>
    public SavedRules? Saved { get; set; }

    public Dictionary<ChainId, List<string>> Observed { get; } = [];

    public HashSet<ChainId> Dirty { get; } = [];

    /// <summary>What the last text makes of each chain; null: removed.</summary>
    public Dictionary<ChainId, List<string>?> InFlight { get; } = [];
}
