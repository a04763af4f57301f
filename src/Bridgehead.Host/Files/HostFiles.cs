namespace Bridgehead.Host;

/// <inheritdoc cref="IHostFiles"/>
public sealed class HostFiles(TimeProvider clock) : IHostFiles
{
    public void Write(string path, string text)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            return;
        }

        MakeFolder(Path.GetDirectoryName(path)!);
        var temporary = Beside(path);
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    public void Set(string path, string value) => File.WriteAllText(path, $"{value}\n");

    public void Link(string path, string target)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        var temporary = Beside(path);
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, target);
        File.Move(temporary, path, overwrite: true);
    }

    public void MakeFolder(string path) => Directory.CreateDirectory(path);

    public void Delete(string path)
    {
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }
    }

    public void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    public async Task<IDisposable> LockAsync(string path, CancellationToken cancel) => await FileLock.TakeAsync(path, clock, cancel);

    public async Task<IDisposable> ShareLockAsync(string path, CancellationToken cancel) => await FileLock.ShareAsync(path, clock, cancel);

    /// <summary>There is one writer of a file; what it left when it was killed is written over.</summary>
    private static string Beside(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.tmp");
}
