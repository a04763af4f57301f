namespace Bridgehead.Instances;

/// <summary>
/// A stream of a stranger's archive that is read in small pieces only. Whoever reads a header believes the size in it and asks for all of that at once: here it gets no answer, so that no archive can have
/// memory taken by writing a number.
/// </summary>
internal sealed class SmallReads(Stream inner) : Stream
{
    private const int Most = 1024 * 1024;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => inner.Read(Small(buffer.Length) ? buffer : []);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(Small(buffer.Length) ? buffer : default, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static bool Small(int length) => length <= Most ? true : throw new InvalidDataException($"it has a header of {length} bytes");
}
