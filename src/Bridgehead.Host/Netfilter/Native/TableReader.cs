using Bridgehead.Netlink;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>Reads our tables from the kernel into an image. Sets and chains that the worker has no use for are left out.</summary>
internal sealed class TableReader(Nftables kernel, NftPlan plan)
{
    /// <summary>Null when somebody committed while it was read: no such state ever was.</summary>
    public NftImage? Read()
    {
        var image = new NftImage();
        var complete = true;
        foreach (var table in plan.Tables)
        {
            complete = complete && ReadTable(table, image);
        }

        return complete ? image : null;
    }

    private bool ReadTable(Rules.Nftables.NftTable table, NftImage image)
    {
        var family = RuleEncoder.FamilyOf(table.Family);
        var there = false;
        if (!kernel.ReadTables(family, view => there |= view.Name == table.Name).IsComplete)
        {
            return false;
        }

        if (!there)
        {
            return true;
        }

        image.Tables.Add(table);
        return ReadChains(table, family, image) && ReadSets(table, image) && ReadRules(table, image);
    }

    private bool ReadChains(Rules.Nftables.NftTable table, Netlink.NftFamily family, NftImage image)
    {
        var wanted = plan.Chains.Where(chain => chain.Id.Table == table).ToDictionary(chain => chain.Id.Name);
        return kernel.ReadChains(family, view =>
        {
            if (view.Table == table.Name)
            {
                var (id, hook) = (new NftId(table, view.Name), view.Hook);
                var known = wanted.GetValueOrDefault(id.Name) ?? new NftChain(id);
                image.Chains[id] = (hook == OperationWriter.BaseOf(known) ? known : null, []);
            }
        }).IsComplete;
    }

    private bool ReadSets(Rules.Nftables.NftTable table, NftImage image)
    {
        var wanted = plan.Sets.Where(set => set.Id.Table == table).ToDictionary(set => set.Id.Name);
        var names = new List<(string Name, NftSet? Set)>();
        var complete = kernel.ReadSets(OperationWriter.TableOf(table), view =>
        {
            if (!view.Flags.HasFlag(SetFlags.Anonymous))
            {
                names.Add((view.Name, wanted.GetValueOrDefault(view.Name) is { } set && IsLike(view, OperationWriter.SpecOf(set)) ? set : null));
            }
        }).IsComplete;
        return complete && names.TrueForAll(entry => ReadElements(new NftId(table, entry.Name), entry.Set, image));
    }

    /// <summary>The kernel marks sets whose elements count, and concatenations, with flags of its own: they follow from what is compared here.</summary>
    private static bool IsLike(SetView view, SetSpec spec) => view.KeyType == spec.KeyTypeNumber && view.KeyLength == spec.KeyLength && view.HasCounter == spec.Counter
        && (view.Flags & (SetFlags.Map | SetFlags.Interval)) == (spec.Flags & (SetFlags.Map | SetFlags.Interval))
        && (spec.Data is null || view.DataType == (uint)spec.Data.Number);

    private bool ReadElements(NftId id, NftSet? set, NftImage image)
    {
        // Nearly always what is wanted is there.
        var elements = new Dictionary<NftValue, NftData>(plan.Count(id));
        image.Sets[id] = (set, elements);
        return set is null || !plan.HasContent(id) || kernel.ReadElements(OperationWriter.TableOf(id.Table), id.Name, view =>
            elements[KeyOf(view, set.Interval)] = view.HasVerdict ? NftData.To(TextOf(view.Verdict)) : view.Value.IsEmpty ? NftData.None : NftData.Of(NftValue.FromKernel(view.Value))).IsComplete;
    }

    /// <summary>A range of one value may have been written without its end.</summary>
    private static NftValue KeyOf(ElementView view, bool interval)
    {
        var key = NftValue.FromKernel(view.Key);
        return interval ? key.To(view.KeyEnd.IsEmpty ? key : NftValue.FromKernel(view.KeyEnd)) : key;
    }

    /// <summary>Only "goto" leads where ours lead; anything else is not the same, whatever it is.</summary>
    private static string TextOf(Verdict verdict) => verdict.Code == VerdictCode.Goto ? verdict.Chain! : verdict.ToString();

    private bool ReadRules(Rules.Nftables.NftTable table, NftImage image) => kernel.ReadRules(OperationWriter.TableOf(table), null, view =>
    {
        var id = new NftId(table, view.Chain);
        if (plan.HasContent(id) && image.Chains.TryGetValue(id, out var chain))
        {
            chain.Rules.Add(new NftObservedRule(RuleEncoder.PrintOf(RuleBytes.WithoutCounts(view.Raw), view.Comment), view.Handle));
        }
    }).IsComplete;
}
