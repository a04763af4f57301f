using System.Runtime.CompilerServices;

namespace Bridgehead.Rules.Nftables;

/// <summary>The least that turns what the kernel holds into what the books want.</summary>
internal sealed class NftDelta(INftLayout layout, ChainBook<NftChain, NftRule> chains, SetBook sets, Func<NftFamily, NftRule, string> printOf)
{
    private readonly ConditionalWeakTable<NftRule, Print> _prints = [];

    public IReadOnlyList<NftOperation> Between(NftImage observed, NftTouched touched)
    {
        var draft = new NftTransaction(layout.Tables.Where(table => !observed.Tables.Contains(table)));
        foreach (var id in touched.Everything ? sets.Sets.Select(set => set.Id).Union(observed.Sets.Keys) : touched.Sets)
        {
            EditSet(id, observed, draft);
        }

        foreach (var chain in touched.Everything ? chains.Chains.Union(Strays(observed)) : touched.Chains)
        {
            EditChain(chain, observed, draft);
        }

        foreach (var set in touched.Everything ? sets.Sets : touched.Elements.Keys.Union(draft.NewSets).Select(sets.Find).OfType<NftSet>())
        {
            if (layout.HasContent(set.Id))
            {
                EditElements(set, observed, touched, draft);
            }
        }

        return draft.Operations();
    }

    /// <summary>The image after the operations. Handles are those of the rules that were added, in order.</summary>
    public void Apply(NftImage image, IReadOnlyList<NftOperation> operations, IReadOnlyList<ulong> handles)
    {
        var rule = 0;
        foreach (var operation in operations)
        {
            switch (operation)
            {
                case NftOperation.AddRule add:
                    image.Chains[add.Chain].Rules.Add(new NftObservedRule(null, handles[rule++], add.Rule));
                    break;
                case NftOperation.DeleteRule delete:
                    image.Chains[delete.Chain].Rules.RemoveAll(known => known.Handle == delete.Handle);
                    break;
                case NftOperation.FlushChain flush:
                    image.Chains[flush.Chain].Rules.Clear();
                    break;
                default:
                    image.Apply(operation);
                    break;
            }
        }
    }

    /// <summary>What was sent is known without being encoded.</summary>
    private bool IsLike(NftObservedRule observed, NftFamily family, NftRule wanted) => observed.Sent is { } sent
        ? sent.Equals(wanted) || PrintOf(family, sent) == PrintOf(family, wanted)
        : observed.Print == PrintOf(family, wanted);

    /// <summary>A rule is encoded once, however often it is compared.</summary>
    private string PrintOf(NftFamily family, NftRule rule)
    {
        if (!_prints.TryGetValue(rule, out var print) || print.Family != family)
        {
            print = new Print(family, printOf(family, rule));
            _prints.AddOrUpdate(rule, print);
        }

        return print.Text;
    }

    /// <summary>Chains of ours in the kernel that nobody wants.</summary>
    private IEnumerable<NftChain> Strays(NftImage observed)
    {
        var wanted = chains.Chains.Select(chain => chain.Id).ToHashSet();
        return observed.Chains.Keys.Where(id => layout.Owns(id) && !wanted.Contains(id)).Select(id => new NftChain(id));
    }

    private void EditSet(NftId id, NftImage observed, NftTransaction draft)
    {
        var there = observed.Sets.TryGetValue(id, out var known);
        if (sets.Find(id) is not { } wanted)
        {
            if (there && layout.Owns(id))
            {
                draft.Remove(id, set: true);
            }
        }
        else if (!there)
        {
            draft.Add(wanted);
        }
        else if (!wanted.Equals(known.Set))
        {
            // Rules look into it: they make way, and are written again.
            draft.Replace(wanted, observed.Chains.Keys.Where(chain => chain.Table == id.Table && layout.HasContent(chain)));
        }
    }

    private void EditChain(NftChain chain, NftImage observed, NftTransaction draft)
    {
        var there = observed.Chains.TryGetValue(chain.Id, out var known);
        if (chains.Rules(chain) is not { } wanted)
        {
            if (there && layout.Owns(chain.Id))
            {
                draft.Remove(chain.Id, set: false);
            }

            return;
        }

        if (!there)
        {
            draft.Add(chain);
        }
        else if (known.Chain != chain)
        {
            draft.Replace(chain);
        }

        if (layout.HasContent(chain.Id))
        {
            EditRules(chain.Id, there ? known.Rules : [], wanted, draft);
        }
    }

    /// <summary>Keeps what stands in the right order from the beginning on; the rest goes, and what is missing is appended.</summary>
    private void EditRules(NftId chain, List<NftObservedRule> observed, List<NftRule> wanted, NftTransaction draft)
    {
        var kept = 0;
        var gone = new List<ulong>();
        if (!draft.IsFlushed(chain))
        {
            foreach (var rule in observed)
            {
                if (kept < wanted.Count && IsLike(rule, chain.Table.Family, wanted[kept]))
                {
                    kept++;
                }
                else
                {
                    gone.Add(rule.Handle);
                }
            }
        }

        draft.Edit(chain, kept == 0 && gone.Count > 0, gone, wanted.Skip(kept));
    }

    private void EditElements(NftSet set, NftImage observed, NftTouched touched, NftTransaction draft)
    {
        if (!observed.Sets.TryGetValue(set.Id, out var known) || draft.IsNew(set.Id))
        {
            draft.Add(set, [.. sets.Elements(set.Id)]);
            return;
        }

        var delta = touched.Everything ? ElementDelta.OfAll(sets, set.Id, known.Elements) : ElementDelta.OfTouched(sets, set.Id, known.Elements, touched.Elements[set.Id]);
        draft.Delete(set, delta.Gone);
        draft.Add(set, delta.Come);
    }

    private sealed record Print(NftFamily Family, string Text);
}
