using Bridgehead.Netlink;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>Writes a plan's operations as netlink messages. An operation's number is the tag under which the kernel's errors come back.</summary>
public static class OperationWriter
{
    public static void Write(IReadOnlyList<NftOperation> operations, BatchWriter batch)
    {
        batch.Clear();
        for (var i = 0; i < operations.Count; i++)
        {
            batch.Tag = i;
            Write(operations[i], batch);
        }
    }

    public static Netlink.NftTable TableOf(Rules.Nftables.NftTable table) => new(RuleEncoder.FamilyOf(table.Family), table.Name);

    public static SetSpec SpecOf(NftSet set) => new(TableOf(set.Id.Table), set.Id.Name, [.. set.Key.Select(TypeOf)])
    {
        Data = set.Data is { } data ? TypeOf(data) : null,
        Counter = set.Counter,
        Interval = set.Interval,
    };

    public static BaseChain? BaseOf(NftChain chain) => chain.Base is { } hook ? new BaseChain(hook.Nat ? "nat" : "filter", (Netlink.NftHook)hook.Hook, hook.Priority) : null;

    private static void Write(NftOperation operation, BatchWriter batch)
    {
        switch (operation)
        {
            case NftOperation.AddTable add:
                batch.AddTable(TableOf(add.Table));
                break;
            case NftOperation.DeleteTable delete:
                batch.RemoveTable(TableOf(delete.Table));
                break;
            case NftOperation.AddSet add:
                batch.AddSet(SpecOf(add.Set));
                break;
            case NftOperation.DeleteSet delete:
                batch.RemoveSet(TableOf(delete.Set.Table), delete.Set.Name);
                break;
            case NftOperation.AddChain add:
                batch.AddChain(TableOf(add.Chain.Id.Table), add.Chain.Id.Name, BaseOf(add.Chain));
                break;
            case NftOperation.DeleteChain delete:
                batch.RemoveChain(TableOf(delete.Chain.Table), delete.Chain.Name);
                break;
            case NftOperation.AddElements add:
                AddElements(add, batch);
                break;
            case NftOperation.DeleteElements delete:
                DeleteElements(delete, batch);
                break;
            default:
                WriteRule(operation, batch);
                break;
        }
    }

    private static void WriteRule(NftOperation operation, BatchWriter batch)
    {
        switch (operation)
        {
            case NftOperation.AddRule add:
                var table = add.Chain.Table;
                batch.AddRule(TableOf(table), add.Chain.Name, RuleEncoder.Of(table.Family, add.Rule), add.Rule.Comment, echo: true);
                break;
            case NftOperation.DeleteRule delete:
                batch.RemoveRule(TableOf(delete.Chain.Table), delete.Chain.Name, delete.Handle);
                break;
            case NftOperation.FlushChain flush:
                batch.FlushChain(TableOf(flush.Chain.Table), flush.Chain.Name);
                break;
            default:
                throw new NotSupportedException($"no netlink message for {operation}");
        }
    }

    private static void AddElements(NftOperation.AddElements add, BatchWriter batch)
    {
        var (table, set) = (TableOf(add.Set.Id.Table), add.Set.Id.Name);
        foreach (var (key, data) in add.Elements)
        {
            if (data.Goto is { } chain)
            {
                batch.AddElement(table, set, key.Span, Verdict.Goto(chain));
            }
            else if (data.Value is { } value)
            {
                batch.AddElement(table, set, key.Span, value.Span);
            }
            else if (key.IsRange)
            {
                batch.AddInterval(table, set, key.Span, key.Last, concatenation: true);
            }
            else
            {
                batch.AddElement(table, set, key.Span);
            }
        }
    }

    private static void DeleteElements(NftOperation.DeleteElements delete, BatchWriter batch)
    {
        var (table, set) = (TableOf(delete.Set.Id.Table), delete.Set.Id.Name);
        foreach (var (key, _) in delete.Elements)
        {
            if (key.IsRange)
            {
                batch.RemoveInterval(table, set, key.Span, key.Last, concatenation: true);
            }
            else
            {
                batch.RemoveElement(table, set, key.Span);
            }
        }
    }

    internal static DataType TypeOf(NftType type) => type switch
    {
        NftType.Ipv4Addr => DataType.Ipv4Address,
        NftType.Ipv6Addr => DataType.Ipv6Address,
        NftType.EtherAddr => DataType.EtherAddress,
        NftType.IfName => DataType.InterfaceName,
        NftType.InetProto => DataType.InetProtocol,
        NftType.InetService => DataType.InetService,
        NftType.Mark => DataType.Mark,
        _ => DataType.Verdict,
    };
}
