using System.Runtime.InteropServices;

namespace Bridgehead.Netlink;

/// <summary>How reading went.</summary>
/// <param name="Number">The kernel's error, or 0.</param>
/// <param name="Interrupted">Somebody committed meanwhile: what was read is no state that ever was.</param>
public readonly record struct DumpResult(int Number, bool Interrupted)
{
    /// <summary>All of it was read, and all of it was there at once.</summary>
    public bool IsComplete => Number == 0 && !Interrupted;

    public override string ToString() => Number != 0 ? Errno.Describe(Number) : Interrupted ? "interrupted" : "complete";
}

/// <summary>Sees one object of a dump; what it sees is gone when it returns. It must not use the connection.</summary>
public delegate void TableVisitor(TableView table);

/// <inheritdoc cref="TableVisitor"/>
public delegate void ChainVisitor(ChainView chain);

/// <inheritdoc cref="TableVisitor"/>
public delegate void SetVisitor(SetView set);

/// <inheritdoc cref="TableVisitor"/>
public delegate void ElementVisitor(ElementView element);

/// <inheritdoc cref="TableVisitor"/>
public delegate void RuleVisitor(RuleView rule);

/// <content>Reading.</content>
public sealed partial class Nftables
{
    /// <summary>Tables of a family, or of all.</summary>
    public DumpResult ReadTables(NftFamily family, TableVisitor visit)
    {
        BeginRequest(NftMessage.GetTable, Wire.Dump, family);
        using var dump = StartDump();
        while (dump.Next(out var message))
        {
            visit(new TableView(message));
        }

        return dump.Result;
    }

    /// <summary>Chains of all tables of a family, or of all: the kernel tells them only so.</summary>
    public DumpResult ReadChains(NftFamily family, ChainVisitor visit)
    {
        BeginRequest(NftMessage.GetChain, Wire.Dump, family);
        using var dump = StartDump();
        while (dump.Next(out var message))
        {
            visit(new ChainView(message));
        }

        return dump.Result;
    }

    /// <summary>Sets and maps of a table.</summary>
    public DumpResult ReadSets(NftTable table, SetVisitor visit)
    {
        BeginRequest(NftMessage.GetSet, Wire.Dump, table.Family);
        _request.Name(1, table.Name);
        using var dump = StartDump();
        while (dump.Next(out var message))
        {
            visit(new SetView(message));
        }

        return dump.Result;
    }

    /// <summary>Elements of a set or map.</summary>
    /// <remarks>
    /// For some milliseconds after a commit of many elements the kernel rearranges a hash set that has no <see cref="SetSpec.Size"/>. A dump meanwhile tells some elements twice
    /// and others not at all, and neither its result nor its length shows it: believe a difference only when a second reading has it too.
    /// </remarks>
    public DumpResult ReadElements(NftTable table, string set, ElementVisitor visit)
    {
        BeginRequest(NftMessage.GetElement, Wire.Dump, table.Family);
        _request.Name(1, table.Name);
        _request.Name(2, set);
        using var dump = StartDump();
        while (dump.Next(out var message))
        {
            var list = new AttributeReader(message.Fields.Bytes(3));
            while (list.Next(out _, out var element))
            {
                visit(new ElementView(element));
            }
        }

        return dump.Result;
    }

    /// <summary>Rules of a table, or of one chain in it, each chain's in their order.</summary>
    public DumpResult ReadRules(NftTable table, string? chain, RuleVisitor visit)
    {
        BeginRequest(NftMessage.GetRule, Wire.Dump, table.Family);
        _request.Name(1, table.Name);
        if (chain is not null)
        {
            _request.Name(2, chain);
        }

        using var dump = StartDump();
        while (dump.Next(out var message))
        {
            visit(new RuleView(message));
        }

        return dump.Result;
    }

    private DumpReader StartDump()
    {
        SendRequest();
        return new DumpReader(_socket, _sequence);
    }

    /// <summary>Messages of a dump until the one that ends it. What was not taken is read and dropped at the end, since the kernel runs one dump at a time.</summary>
    private ref struct DumpReader(NetlinkSocket socket, uint sequence)
    {
        private MessageReader _messages;
        private bool _ended;

        public DumpResult Result { get; private set; }

        public bool Next(out Message message)
        {
            while (!_ended)
            {
                while (_messages.Next(out message))
                {
                    if (message.Sequence == sequence && Take(message))
                    {
                        return true;
                    }
                }

                if (!_ended)
                {
                    _messages = new MessageReader(Receive());
                }
            }

            message = default;
            return false;
        }

        public void Dispose()
        {
            while (Next(out _))
            {
            }
        }

        /// <summary>True for an object.</summary>
        private bool Take(scoped Message message)
        {
            Result = Result with { Interrupted = Result.Interrupted || (message.Flags & Wire.DumpInterrupted) != 0 };
            if (message.Type is not (Wire.Done or Wire.Error))
            {
                return true;
            }

            _ended = true;
            Result = Result with { Number = message.Body.Length >= 4 ? -MemoryMarshal.Read<int>(message.Body) : 0 };
            return false;
        }

        private ReadOnlySpan<byte> Receive()
        {
            var received = socket.Receive(out var lost);
            return lost || received.IsEmpty ? throw Broken() : received;
        }

        private NetlinkException Broken()
        {
            _ended = true;
            return new NetlinkException("a dump was cut off");
        }
    }
}
