namespace Bridgehead.Netlink;

/// <summary>The kernel's notifications as records.</summary>
internal static class EventDecoder
{
    /// <summary>Null for what this room has no words for.</summary>
    public static NftEvent? Read(Message message)
    {
        if (message.Type >> 8 != Wire.NftablesSubsystem)
        {
            return null;
        }

        var kind = (NftMessage)(message.Type & 0xff);
        return kind switch
        {
            NftMessage.NewGeneration => ReadGeneration(message),
            NftMessage.Trace => ReadTrace(message),
            NftMessage.NewTable or NftMessage.DeleteTable => ReadChange(kind, message, name: 0, handle: 4),
            NftMessage.NewChain or NftMessage.DeleteChain => ReadChange(kind, message, name: 3, handle: 2),
            NftMessage.NewRule or NftMessage.DeleteRule => ReadChange(kind, message, name: 2, handle: 3),
            NftMessage.NewSet or NftMessage.DeleteSet => ReadChange(kind, message, name: 2, handle: 16),
            NftMessage.NewElement or NftMessage.DeleteElement => ReadChange(kind, message, name: 2, handle: 0),
            NftMessage.NewObject or NftMessage.DeleteObject => ReadChange(kind, message, name: 2, handle: 6),
            NftMessage.NewFlowTable or NftMessage.DeleteFlowTable => ReadChange(kind, message, name: 2, handle: 5),
            _ => null,
        };
    }

    private static NftEvent.Change ReadChange(NftMessage kind, Message message, int name, int handle)
    {
        var fields = message.Fields;
        var table = new NftTable(message.Family, fields.Text(1));
        return new NftEvent.Change(kind, table, name == 0 ? "" : fields.Text(name), handle == 0 ? 0 : AttributeValue.UInt64(fields.Bytes(handle)), message.PortId);
    }

    private static NftEvent.Generation ReadGeneration(Message message)
    {
        var fields = message.Fields;
        return new NftEvent.Generation(fields.Number(1), (int)fields.Number(2), fields.Text(3), message.PortId);
    }

    private static NftEvent.Trace ReadTrace(Message message)
    {
        var fields = message.Fields;
        return new NftEvent.Trace(fields.Number(6), (TraceKind)fields.Number(4), new NftTable(message.Family, fields.Text(1)), fields.Text(2))
        {
            RuleHandle = AttributeValue.UInt64(fields.Bytes(3)),
            Verdict = fields.Has(5) ? ExpressionDecoder.ReadVerdict(fields.Bytes(5)) : null,
            Policy = fields.Has(16) ? (VerdictCode)(int)fields.Number(16) : null,
            PacketFamily = (NftFamily)fields.Number(15),
            Input = (int)fields.Number(10),
            Output = (int)fields.Number(12),
            Mark = fields.Number(14),
            LinkHeader = fields.Bytes(7).ToArray(),
            NetworkHeader = fields.Bytes(8).ToArray(),
            TransportHeader = fields.Bytes(9).ToArray(),
            ConntrackState = fields.Has(21) ? fields.Number(21) : null,
        };
    }
}
