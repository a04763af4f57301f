using System.Formats.Tar;
using System.IO.Compression;

namespace Bridgehead.Instances;

/// <summary>
/// Unpacks a stranger's tar archive (.tar or .tar.gz) into a new folder, as the files of one user. No path leaves the folder, by name or through a link; devices, pipes and
/// sockets are left out; and what comes of it is bounded.
/// </summary>
internal sealed class RootArchive(string folder, long mostBytes)
{
    private const int MostEntries = 1_000_000;
    private const UnixFileMode Plain = (UnixFileMode)0b111_111_111;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private long _bytes;
    private int _entries;

    /// <summary>Throws <see cref="UnbootableImageException"/> when the file is no such archive, or one that is not taken.</summary>
    public async Task UnpackAsync(string path, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var archive = await IsGzipAsync(file, cancel) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            await using var reader = new TarReader(new SmallReads(archive));
            while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
            {
                Count(ref _entries);
                await TakeAsync(entry, cancel);
            }

            if (_entries == 0 && file.Length > 0)
            {
                throw new UnbootableImageException("The image is no tar archive of a root file system, which is what an instance of the netns driver boots from.");
            }
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or FormatException or ArgumentException or NotSupportedException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new UnbootableImageException($"The image cannot be unpacked as a tar archive of a root file system, which is what an instance of the netns driver boots from: {problem.Message}", problem);
        }
    }

    private static async Task<bool> IsGzipAsync(FileStream file, CancellationToken cancel)
    {
        var magic = new byte[2];
        var read = await file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancel);
        file.Position = 0;
        return read == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
    }

    private static void Count(ref int entries)
    {
        if (++entries > MostEntries)
        {
            throw new UnbootableImageException($"The image has more than {MostEntries} files.");
        }
    }

    private async Task TakeAsync(TarEntry entry, CancellationToken cancel)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory or TarEntryType.DirectoryList:
                MakeFolder(entry);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await WriteAsync(Free(entry.Name), entry.DataStream ?? Stream.Null, entry.Mode, cancel);
                break;
            case TarEntryType.SymbolicLink:
                // Only the instance ever follows it.
                File.CreateSymbolicLink(Free(entry.Name), entry.LinkName);
                break;
            case TarEntryType.HardLink:
                await using (var original = File.OpenRead(Existing(entry.LinkName)))
                {
                    await WriteAsync(Free(entry.Name), original, entry.Mode, cancel);
                }

                break;
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice or TarEntryType.Fifo or TarEntryType.GlobalExtendedAttributes:
                break;
            default:
                throw new UnbootableImageException($"The image has an entry of a kind that is not taken: '{entry.Name}', {entry.EntryType}.");
        }
    }

    private void MakeFolder(TarEntry entry)
    {
        var path = Inside(entry.Name);
        if (path != folder)
        {
            Step(path, entry.Name);
        }

        File.SetUnixFileMode(path, (entry.Mode & Plain) | Owner | UnixFileMode.UserExecute);
    }

    private async Task WriteAsync(string path, Stream content, UnixFileMode mode, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var buffer = new byte[64 * 1024];
        for (var read = await content.ReadAsync(buffer, cancel); read > 0; read = await content.ReadAsync(buffer, cancel))
        {
            _bytes += read;
            if (_bytes > mostBytes)
            {
                throw new UnbootableImageException($"The image is larger than the flavor's disk: more than {mostBytes} bytes.");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
        }

        File.SetUnixFileMode(file.SafeFileHandle, (mode & Plain) | Owner);
    }

    /// <summary>The place of a new file; what an earlier entry put there goes.</summary>
    private string Free(string name)
    {
        var path = Inside(name);
        if (path == folder || IsFolder(path))
        {
            throw new UnbootableImageException($"The image has '{name}' twice, once as a folder.");
        }

        File.Delete(path);
        return path;
    }

    /// <summary>A file that an earlier entry made.</summary>
    private string Existing(string name)
    {
        var path = Inside(name);
        return File.Exists(path) && new FileInfo(path).LinkTarget is null ? path : throw new UnbootableImageException($"The image has a hard link to '{name}', which is no file of it.");
    }

    /// <summary>The path of a name, with the folders on its way: each is one that this archive made, and no link.</summary>
    private string Inside(string name)
    {
        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToList();
        if (parts.Contains(".."))
        {
            throw new UnbootableImageException($"The image has a path that climbs out of it: '{name}'.");
        }

        var path = folder;
        for (var i = 0; i < parts.Count; i++)
        {
            path = Path.Combine(path, parts[i]);
            if (i < parts.Count - 1)
            {
                Step(path, name);
            }
        }

        return path;
    }

    private void Step(string path, string told)
    {
        if (new FileInfo(path).LinkTarget is not null || File.Exists(path))
        {
            throw new UnbootableImageException($"The image has a path through a link or a file: '{told}'.");
        }

        if (!Directory.Exists(path))
        {
            Count(ref _entries);
            Directory.CreateDirectory(path);
        }
    }

    private static bool IsFolder(string path) => new FileInfo(path).LinkTarget is null && Directory.Exists(path);
}
