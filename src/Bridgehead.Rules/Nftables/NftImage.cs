namespace Bridgehead.Rules.Nftables;

/// <summary>A rule in the kernel.</summary>
/// <param name="Print">What was read of it; tells it from others as the back end's encoder does: equal prints, equal rules. Null for one that was sent and not read since.</param>
/// <param name="Sent">The rule that was sent.</param>
public readonly record struct NftObservedRule(string? Print, ulong Handle, NftRule? Sent = null);

/// <summary>What the kernel holds in our tables, as far as we know. Sets and chains with a declaration that we cannot read have a null one, and are made anew when they are ours.</summary>
public sealed class NftImage
{
    public HashSet<NftTable> Tables { get; } = [];

    public Dictionary<NftId, (NftSet? Set, Dictionary<NftValue, NftData> Elements)> Sets { get; } = [];

    public Dictionary<NftId, (NftChain? Chain, List<NftObservedRule> Rules)> Chains { get; } = [];

    private void Remove(NftTable table)
    {
        Tables.Remove(table);
        Sets.Keys.Where(id => id.Table == table).ToList().ForEach(id => Sets.Remove(id));
        Chains.Keys.Where(id => id.Table == table).ToList().ForEach(id => Chains.Remove(id));
    }

    /// <summary>The operation's effect, for those that are not of rules.</summary>
    public void Apply(NftOperation operation)
    {
        switch (operation)
        {
            case NftOperation.AddTable add:
                Tables.Add(add.Table);
                break;
            case NftOperation.DeleteTable delete:
                Remove(delete.Table);
                break;
            case NftOperation.AddSet add:
                Sets.Add(add.Set.Id, (add.Set, []));
                break;
            case NftOperation.DeleteSet delete:
                Sets.Remove(delete.Set);
                break;
            case NftOperation.AddChain add:
                Chains.Add(add.Chain.Id, (add.Chain, []));
                break;
            case NftOperation.DeleteChain delete:
                Chains.Remove(delete.Chain);
                break;
            case NftOperation.AddElements add:
                var elements = Sets[add.Set.Id].Elements;
                elements.EnsureCapacity(elements.Count + add.Elements.Count);
                foreach (var (key, data) in add.Elements)
                {
                    elements.Add(key, data);
                }

                break;
            case NftOperation.DeleteElements delete:
                foreach (var (key, _) in delete.Elements)
                {
                    Sets[delete.Set.Id].Elements.Remove(key);
                }

                break;
            default:
                throw new NotSupportedException($"{operation} is of rules");
        }
    }
}
