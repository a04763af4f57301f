using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>
/// The folder of images' content: a file for each, IMAGE.WRITER. It is an image's content when the store says so; until then its writer holds its lock, so that anybody can
/// tell a writer that lives from one that was killed. No name is used twice, so nobody ever removes another's file.
/// </summary>
public sealed class ImageFiles(string folder)
{
    public ImageFiles(NovaSettings settings)
        : this(settings.FilesystemStoreDatadir ?? Path.Combine(settings.StatePath, "images"))
    {
    }

    public string Folder => folder;

    /// <summary>Where a file is that <see cref="Image.Location"/> names.</summary>
    public string PathOf(string location) => Path.Combine(folder, location);

    /// <summary>Content to be read; it stays readable when the image is deleted meanwhile. Null when it is not there.</summary>
    public FileStream? TryOpen(string location)
    {
        try
        {
            return new FileStream(PathOf(location), new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>An empty file for content that arrives, locked. Throws <see cref="ImageStoreException"/> when the folder cannot be written to.</summary>
    public ImageFile Create(Guid image)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return CreateInFolder(image);
        }
        catch (Exception problem) when (ImageStoreException.IsOfFiles(problem))
        {
            throw CannotWrite(problem);
        }
    }

    /// <summary>No error when it is not there.</summary>
    public void Remove(string location)
    {
        if (Directory.Exists(folder))
        {
            File.Delete(PathOf(location));
        }
    }

    /// <summary>Throws <see cref="ImageStoreException"/>. Bytes that may still be written before less than a twentieth of the disk, and at most 1 GiB, is left: the rest belongs to the host.</summary>
    public long Room()
    {
        try
        {
            Directory.CreateDirectory(folder);
            var drive = new DriveInfo(folder);
            return drive.AvailableFreeSpace - Math.Min(1L << 30, drive.TotalSize / 20);
        }
        catch (Exception problem) when (ImageStoreException.IsOfFiles(problem))
        {
            throw CannotWrite(problem);
        }
    }

    /// <summary>Files that may be of images, with the image.</summary>
    public IReadOnlyList<(Guid Image, string Location)> All() => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))
            .Select(name => (Guid.TryParseExact(name.Split('.')[0], "D", out var image) && name.Contains('.', StringComparison.Ordinal) ? image : Guid.Empty, name))
            .Where(file => file.Item1 != Guid.Empty),
    ];

    /// <summary>The file's lock, to be disposed of; null when it is not there or <paramref name="written"/>: somebody who lives is writing it.</summary>
    public IDisposable? TryLock(string location, out bool written)
    {
        written = false;
        try
        {
            return new FileStream(PathOf(location), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            written = true;
            return null;
        }
    }

    private ImageStoreException CannotWrite(Exception problem) =>
        new($"filesystem_store_datadir is '{folder}', which cannot be written to: {problem.Message.TrimEnd('.')}: set it to a folder that this user may write to", problem);

    private ImageFile CreateInFolder(Guid image)
    {
        for (var attempt = 1; ; attempt++)
        {
            var location = $"{image:D}.{Guid.NewGuid():N}";
            try
            {
                return new ImageFile(New(PathOf(location)), location);
            }
            catch (IOException) when (attempt < 3)
            {
                // A sweep may have seen it before it was locked: that one removes it, and another name is free.
            }
        }
    }

    private static FileStream New(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });
}
