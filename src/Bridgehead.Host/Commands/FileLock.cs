namespace Bridgehead.Host;

/// <summary>A lock between processes of this host: an exclusively opened file. The kernel drops it when its holder dies.</summary>
public sealed class FileLock : IDisposable
{
    /// <summary>EWOULDBLOCK: somebody holds it. Whatever else goes wrong does not pass by waiting.</summary>
    private const int Held = 11;

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    public static async Task<FileLock> TakeAsync(string path, TimeProvider clock, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException problem) when (problem.HResult == Held)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), clock, cancel);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
