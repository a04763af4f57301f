using Bridgehead.Netlink;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Host;

/// <summary>
/// iptables' nft variant keeps its tables in nf_tables, so the kernel tells of every commit. Ours come from programs that we run: a commit that touched our chains while one ran is ours when there were as many as it made.
/// </summary>
public sealed class NftVariantDisturbance : IDisturbance
{
    private static readonly string[] Tables = ["filter", "nat", "mangle"];
    private readonly NftNews _news;
    private readonly NftWatch _watch;
    private bool _suspect;

    public NftVariantDisturbance(string worker)
    {
        bool Matters(NftEvent.Change change) => change.Table.Family is NftFamily.Ip or NftFamily.Ip6 && Tables.Contains(change.Table.Name) && (change.Name.Length == 0 || FirewallPlan.Concerns(worker, change.Name));
        _news = new NftNews(Matters);
        _watch = new NftWatch(Matters, () => Disturbed?.Invoke());
    }

    public event Action? Disturbed;

    public bool Take()
    {
        var suspect = _suspect | _news.Take().Ours;
        _suspect = false;
        return suspect;
    }

    public void Own(int commits)
    {
        var news = _news.Take();
        _suspect |= news.Lost || news.Commits != commits;
    }

    public void Dispose()
    {
        _watch.Dispose();
        _news.Dispose();
    }
}
