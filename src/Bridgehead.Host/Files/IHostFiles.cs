namespace Bridgehead.Host;

/// <summary>The only way in which appliers change files of this host; a dry run's is the other implementation. They read files themselves.</summary>
public interface IHostFiles
{
    /// <summary>
    /// The file has the text, wholly or not at all: it is written beside, under a name with a dot before it, which dnsmasq and our own readers pass over, and moved into place. Its folder is made;
    /// nothing is written when it has that text already.
    /// </summary>
    void Write(string path, string text);

    /// <summary>Writes a setting of the kernel's, which is a file that cannot be replaced.</summary>
    void Set(string path, string value);

    /// <summary>A symbolic link, in place of whatever has the name.</summary>
    void Link(string path, string target);

    void MakeFolder(string path);

    /// <summary>Nothing happens when it is not there.</summary>
    void Delete(string path);

    /// <summary>With everything in it; nothing happens when it is not there.</summary>
    void DeleteFolder(string path);

    /// <summary>Waits until nobody else has the lock (see <see cref="FileLock"/>).</summary>
    Task<IDisposable> LockAsync(string path, CancellationToken cancel);

    /// <summary>Together with others who share it.</summary>
    Task<IDisposable> ShareLockAsync(string path, CancellationToken cancel);
}
