using Bridgehead.Netlink;
using Bridgehead.Rules;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>Reads tables of ours from the kernel into an image.</summary>
/// <param name="kernel">The socket.</param>
/// <param name="tables">Which; one that is not there is left out.</param>
/// <param name="hasContent">Of which sets and chains the elements and rules are read.</param>
/// <param name="details">Where counters and texts are put, when somebody wants them.</param>
internal sealed class TableReader(Nftables kernel, IReadOnlyList<Rules.Nftables.NftTable> tables, Func<NftId, bool> hasContent, NftReading? details = null)
{
    /// <summary>Null when somebody committed while it was read: no such state ever was.</summary>
    public NftImage? Read()
    {
        var image = new NftImage();
        return tables.All(table => ReadTable(table, image)) ? image : null;
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

    private bool ReadChains(Rules.Nftables.NftTable table, Netlink.NftFamily family, NftImage image) => kernel.ReadChains(family, view =>
    {
        if (view.Table == table.Name)
        {
            var id = new NftId(table, view.Name);
            image.Chains[id] = (Declarations.Of(id, view), []);
        }
    }).IsComplete;

    private bool ReadSets(Rules.Nftables.NftTable table, NftImage image)
    {
        var sets = new List<(NftId Id, NftSet? Set)>();
        var complete = kernel.ReadSets(OperationWriter.TableOf(table), view =>
        {
            if (!view.Flags.HasFlag(SetFlags.Anonymous))
            {
                var id = new NftId(table, view.Name);
                sets.Add((id, Declarations.Of(id, view)));
            }
        }).IsComplete;
        return complete && sets.TrueForAll(set => ReadElements(set.Id, set.Set, image));
    }

    private bool ReadElements(NftId id, NftSet? set, NftImage image)
    {
        var elements = new Dictionary<NftValue, NftData>();
        image.Sets[id] = (set, elements);
        return set is null || !hasContent(id) || kernel.ReadElements(OperationWriter.TableOf(id.Table), id.Name, view =>
        {
            var key = KeyOf(view, set.Interval);
            elements[key] = view.HasVerdict ? NftData.To(TextOf(view.Verdict)) : view.Value.IsEmpty ? NftData.None : NftData.Of(NftValue.FromKernel(view.Value));
            if (set.Counter && details is not null)
            {
                var (packets, bytes) = view.Counter;
                details.Elements[(id, key)] = new RuleCount(packets, bytes);
            }
        }).IsComplete;
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
        if (!hasContent(id) || !image.Chains.TryGetValue(id, out var chain))
        {
            return;
        }

        chain.Rules.Add(new NftObservedRule(RuleEncoder.PrintOf(RuleBytes.WithoutCounts(view.Raw), view.Comment), view.Handle));
        if (details is not null)
        {
            var expressions = view.Expressions();
            var counter = expressions.OfType<Expression.Counter>().FirstOrDefault();
            details.Rules[(id, view.Handle)] = new NftRuleDetail(ExpressionText.Of(expressions), counter is null ? null : new RuleCount(counter.Packets, counter.Bytes));
        }
    }).IsComplete;
}
