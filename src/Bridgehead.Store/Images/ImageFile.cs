using System.Buffers.Binary;
using System.Security.Cryptography;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Content that arrives: hashed while it is written, and gone when it is disposed of before it was kept.</summary>
public sealed class ImageFile : IAsyncDisposable
{
    private readonly FileStream _stream;
    private readonly IncrementalHash _sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
#pragma warning disable CA5351 // glance's checksum is MD5; what is relied on is the SHA-512 beside it.
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
    private readonly byte[] _head = new byte[32];

    internal ImageFile(FileStream stream, string location) => (_stream, Location) = (stream, location);

    /// <summary>Its name, which also tells its writer from others.</summary>
    public string Location { get; }

    public string Path => _stream.Name;

    /// <summary>Bytes so far.</summary>
    public long Size { get; private set; }

    /// <summary>Throws <see cref="ImageStoreException"/> when there is no space, or the disk fails.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        Note(bytes.Span);
        try
        {
            await _stream.WriteAsync(bytes, cancel);
        }
        catch (IOException problem)
        {
            throw ImageStoreException.Of(problem);
        }
    }

    /// <summary>Reads what another program wrote into the file. Throws <see cref="ImageStoreException"/> when the disk fails.</summary>
    public async Task ReadBackAsync(CancellationToken cancel)
    {
        var buffer = new byte[128 * 1024];
        try
        {
            _stream.Position = 0;
            for (var read = await _stream.ReadAsync(buffer, cancel); read > 0; read = await _stream.ReadAsync(buffer, cancel))
            {
                Note(buffer.AsSpan(0, read));
            }
        }
        catch (IOException problem)
        {
            throw ImageStoreException.Of(problem);
        }
    }

    /// <summary>The whole content is on the disk. Throws <see cref="ImageStoreException"/> when the disk fails.</summary>
    public ImageContent Settle(string? diskFormat)
    {
        try
        {
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException problem)
        {
            throw ImageStoreException.Of(problem);
        }

        return new ImageContent(Size, Convert.ToHexStringLower(_md5.GetHashAndReset()), Convert.ToHexStringLower(_sha512.GetHashAndReset()), VirtualSize(diskFormat));
    }

    /// <summary>Whether it stays: the store knows of it.</summary>
    public bool IsKept { get; set; }

    public async ValueTask DisposeAsync()
    {
        if (!IsKept)
        {
            File.Delete(Path);
        }

        await _stream.DisposeAsync();
        _sha512.Dispose();
        _md5.Dispose();
    }

    private void Note(ReadOnlySpan<byte> bytes)
    {
        if (Size < _head.Length)
        {
            var at = (int)Size;
            bytes[..Math.Min(bytes.Length, _head.Length - at)].CopyTo(_head.AsSpan(at));
        }

        _md5.AppendData(bytes);
        _sha512.AppendData(bytes);
        Size += bytes.Length;
    }

    /// <summary>A raw disk is as large as its file; qcow2 says it in bytes 24 to 31 of its header, after the magic "QFI" and 0xfb.</summary>
    private long? VirtualSize(string? diskFormat) => diskFormat switch
    {
        "raw" or "iso" => Size,
        "qcow2" when Size >= _head.Length && BinaryPrimitives.ReadUInt32BigEndian(_head) == 0x514649fb && BinaryPrimitives.ReadInt64BigEndian(_head.AsSpan(24)) is >= 0 and var size => size,
        _ => null,
    };
}
