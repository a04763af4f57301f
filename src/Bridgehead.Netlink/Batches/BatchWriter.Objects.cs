namespace Bridgehead.Netlink;

/// <content>Tables, chains and rules.</content>
public sealed partial class BatchWriter
{
    private const int RuleCommentMaximum = 128;

    /// <summary>Makes the table if it is not there.</summary>
    public void AddTable(NftTable table, TableFlags flags = TableFlags.None)
    {
        Begin(NftMessage.NewTable, Wire.Create, table);
        _writer.UInt32(2, (uint)flags);
        End();
    }

    /// <summary>Removes the table with all that is in it.</summary>
    public void RemoveTable(NftTable table)
    {
        Begin(NftMessage.DeleteTable, 0, table);
        End();
    }

    /// <summary>Makes the chain if it is not there.</summary>
    public void AddChain(NftTable table, string chain, BaseChain? hook = null)
    {
        Begin(NftMessage.NewChain, Wire.Create, table);
        _writer.Name(3, chain);
        if (hook is not null)
        {
            _writer.Name(7, hook.Type);
            var nest = _writer.BeginNest(4);
            _writer.UInt32(1, (uint)hook.Hook);
            _writer.UInt32(2, (uint)hook.Priority);
            _writer.EndNest(nest);
            _writer.UInt32(5, (uint)hook.Policy);
        }

        End();
    }

    /// <summary>Removes the chain, and the rules in it. Whatever jumps to it must be gone.</summary>
    public void RemoveChain(NftTable table, string chain)
    {
        Begin(NftMessage.DeleteChain, 0, table);
        _writer.Name(3, chain);
        End();
    }

    /// <summary>Removes the chain's rules.</summary>
    public void FlushChain(NftTable table, string chain)
    {
        Begin(NftMessage.DeleteRule, 0, table);
        _writer.Name(2, chain);
        End();
    }

    /// <param name="echo">Has the commit tell the rule's handle.</param>
    /// <param name="comment">At most 128 bytes.</param>
    public void AddRule(NftTable table, string chain, IReadOnlyList<Expression> expressions, string? comment = null, RulePlace place = default, bool echo = false)
    {
        var flags = place.Kind switch
        {
            RulePlaceKind.Last or RulePlaceKind.After => Wire.Create | Wire.Append,
            RulePlaceKind.InsteadOf => Wire.Replace,
            _ => Wire.Create,
        };
        Begin(NftMessage.NewRule, flags | (echo ? Wire.Echo : 0), table);
        _writer.Name(2, chain);
        if (place.Kind is RulePlaceKind.After or RulePlaceKind.Before)
        {
            _writer.UInt64(6, place.Handle);
        }
        else if (place.Kind == RulePlaceKind.InsteadOf)
        {
            _writer.UInt64(3, place.Handle);
        }

        var nest = _writer.BeginNest(4);
        ExpressionEncoder.Write(_writer, expressions);
        _writer.EndNest(nest);
        if (comment is not null)
        {
            Span<byte> userdata = stackalloc byte[Userdata.Maximum];
            var data = new Userdata(userdata);
            data.Text(0, comment, RuleCommentMaximum);
            _writer.Bytes(7, data.Written);
        }

        End();
    }

    public void RemoveRule(NftTable table, string chain, ulong handle)
    {
        Begin(NftMessage.DeleteRule, 0, table);
        _writer.Name(2, chain);
        _writer.UInt64(3, handle);
        End();
    }
}
