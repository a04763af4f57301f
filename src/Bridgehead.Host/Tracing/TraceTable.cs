using Bridgehead.Netlink;
using Bridgehead.Rules.Tracing;
using RuleHook = Bridgehead.Rules.Nftables.NftHook;

namespace Bridgehead.Host;

/// <summary>
/// The tables that put packets under the kernel's trace, one of each family. They belong to the socket that makes them: the kernel removes them when that is closed, whatever ends this program. They
/// decide nothing: every chain's policy is accept, and no rule has a verdict but jumps between them.
/// </summary>
internal sealed class TraceTable(string name, TraceFilter filter, bool ipv6)
{
    /// <summary>Put under trace in a second at each hook, and as many at once: a flood is sampled, and its host goes on.</summary>
    public const int PerSecond = 100;

    /// <summary>Behind the reassembly of fragments (-400), so that ports are seen, and before raw (-300) and connection tracking (-200).</summary>
    private const int Asking = -350;
    private const int AfterConntrack = -190;
    private const int First = int.MinValue + 1;
    private const int Last = int.MaxValue - 1;
    private const uint TranslatedStatus = 1 << 5;

    private static readonly (uint Bit, string Word)[] States = [(8, TraceMarker.New), (2, TraceMarker.Established), (4, TraceMarker.Related), (1, TraceMarker.Invalid)];

    public void Write(BatchWriter batch)
    {
        foreach (var family in ipv6 ? new[] { NftFamily.Ip, NftFamily.Ip6 } : [NftFamily.Ip])
        {
            new Writer(batch, new NftTable(family, name)).WriteHost(filter);
        }

        new Writer(batch, new NftTable(NftFamily.Bridge, name)).WriteBridge(filter, ipv6);
    }

    /// <summary>One family's table.</summary>
    private sealed class Writer(BatchWriter batch, NftTable table)
    {
        public void WriteHost(TraceFilter filter)
        {
            batch.AddTable(table, TableFlags.Owner);
            foreach (var hook in Enum.GetValues<RuleHook>())
            {
                var asks = hook is RuleHook.Prerouting or RuleHook.Output;
                Chain(MarkerKind.Begin, hook, asks ? Asking : First);
                Chain(MarkerKind.End, hook, Last);
                if (asks)
                {
                    Ask(filter, hook, [table.Family]);
                    Chain(MarkerKind.State, hook, AfterConntrack);
                }
            }

            foreach (var word in States.Select(state => state.Word).Append(TraceMarker.Translated))
            {
                batch.AddChain(table, word);
            }

            Tell(RuleHook.Prerouting);
            Tell(RuleHook.Output);
        }

        public void WriteBridge(TraceFilter filter, bool ipv6)
        {
            batch.AddTable(table, TableFlags.Owner);
            foreach (var hook in Enum.GetValues<RuleHook>())
            {
                Chain(MarkerKind.Begin, hook, First);
            }

            Chain(MarkerKind.End, RuleHook.Postrouting, Last);
            Ask(filter, RuleHook.Prerouting, ipv6 ? [NftFamily.Ip, NftFamily.Ip6] : [NftFamily.Ip]);
        }

        private void Chain(MarkerKind kind, RuleHook hook, int priority) =>
            batch.AddChain(table, new TraceMarker(kind, hook).Chain, new BaseChain("filter", (NftHook)hook, priority));

        private void Ask(TraceFilter filter, RuleHook hook, IReadOnlyList<NftFamily> packets)
        {
            var follow = new TraceMarker(MarkerKind.Follow, hook).Chain;
            batch.AddChain(table, follow);
            batch.AddRule(table, follow, new RuleBuilder(table.Family).LimitPerSecond(PerSecond, PerSecond).Trace().Expressions);
            foreach (var wanted in new[] { filter, filter.Reverse }.OfType<TraceFilter>().Where(wanted => hook == RuleHook.Prerouting || wanted.Via.Count == 0))
            {
                foreach (var rule in packets.SelectMany(packet => new FilterRules(wanted, table.Family, packet).All()))
                {
                    batch.AddRule(table, new TraceMarker(MarkerKind.Begin, hook).Chain, rule.Decide(Verdict.Jump(follow)).Expressions);
                }
            }
        }

        private void Tell(RuleHook hook)
        {
            var chain = new TraceMarker(MarkerKind.State, hook).Chain;
            foreach (var (bit, word) in States)
            {
                batch.AddRule(table, chain, new RuleBuilder(table.Family).AnyBit(Field.ConntrackState, bit).Decide(Verdict.Jump(word)).Expressions);
            }

            batch.AddRule(table, chain, new RuleBuilder(table.Family).AnyBit(Field.ConntrackStatus, TranslatedStatus).Decide(Verdict.Jump(TraceMarker.Translated)).Expressions);
        }
    }
}
