namespace Bridgehead.Netlink;

/// <summary>
/// Changes to nf_tables that take effect together or not at all, as the bytes that the kernel gets. <see cref="Nftables.Commit"/> sends them; after <see cref="Clear"/> the
/// next batch uses the same memory. Not thread-safe. A name or a key that cannot be right is refused with <see cref="ArgumentException"/> when it is written, and is then no part of the batch.
/// </summary>
public sealed partial class BatchWriter : IDisposable
{
    /// <summary>Where in the begin message the generation is.</summary>
    private const int GenerationOffset = MessageWriter.Prologue + 4;

    private readonly MessageWriter _writer = new();

    /// <summary>Where the operations' messages start; operation i has the sequence number <see cref="First"/> + 1 + i.</summary>
    private readonly List<int> _starts = [];

    /// <summary>From which byte on which tag holds, ascending.</summary>
    private readonly List<(int Position, int Tag)> _tags = [];

    private int _tag;

    public BatchWriter() => Begin();

    /// <summary>Given by the caller to what is written from now on, and given back with errors and handles. One element of many has its own.</summary>
    public int Tag
    {
        get => _tag;
        set
        {
            if (_tag != value)
            {
                _tag = value;
                _tags.Add((_writer.Position, value));
            }
        }
    }

    /// <summary>Nothing to commit.</summary>
    public bool IsEmpty => _starts.Count == 0 && _set is null;

    /// <summary>Bytes so far.</summary>
    public int Length => _writer.Position;

    /// <summary>The sequence number of the batch itself.</summary>
    internal uint First { get; private set; }

    internal uint Last => First + (uint)_starts.Count;

    public void Clear()
    {
        First = Last + 2;
        _writer.Clear();
        _starts.Clear();
        _tags.Clear();
        _set = null;
        _tag = 0;
        Begin();
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>The batch as it is sent: the kernel refuses it when its generation is another one. 0 is any.</summary>
    internal ReadOnlySpan<byte> Complete(uint generation)
    {
        CloseElements();
        _writer.Patch(GenerationOffset, generation);
        _writer.AddFlags(_starts[^1], Wire.Acknowledge);
        return _writer.With(Wire.BatchEnd, Wire.Request, Last + 1, Wire.NftablesSubsystem);
    }

    /// <summary>The tag of the operation with this sequence number, or of the part of it at <paramref name="offset"/>.</summary>
    internal int TagOf(uint sequence, int offset = 0)
    {
        var position = Start(sequence) + offset;
        var (low, high) = (0, _tags.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _tags[middle].Position <= position ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? 0 : _tags[low - 1].Tag;
    }

    internal bool Contains(uint sequence) => sequence - First <= Last - First;

    /// <summary>The message with this sequence number.</summary>
    internal Message MessageOf(uint sequence)
    {
        var reader = new MessageReader(_writer.Messages[Start(sequence)..]);
        reader.Next(out var message);
        return message;
    }

    private int Start(uint sequence) => sequence == First ? 0 : _starts[(int)(sequence - First) - 1];

    private void Begin()
    {
        _writer.Begin(Wire.BatchBegin, Wire.Request, First, 0, Wire.NftablesSubsystem);
        _writer.UInt32(1, 0);
        _writer.End();
    }

    private void Begin(NftMessage message, int flags, NftTable table)
    {
        CloseElements();
        DropUnfinished();
        _writer.Begin(Wire.Nftables | (int)message, Wire.Request | flags, Last + 1, (byte)table.Family);
        _writer.Name(1, table.Name);
    }

    private void End()
    {
        _starts.Add(_writer.MessageStart);
        _writer.End();
    }

    /// <summary>An operation that was refused half-way leaves no bytes, and no tag beyond them.</summary>
    private void DropUnfinished()
    {
        if (!_writer.IsOpen)
        {
            return;
        }

        _writer.Discard();
        _tags.RemoveAll(entry => entry.Position > _writer.Position);
        _tags.Add((_writer.Position, _tag));
    }
}
