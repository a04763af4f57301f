namespace Bridgehead.Host;

/// <summary>A lock between processes of this host: a file, opened by one alone or by any number who share it. The kernel drops it when its holder dies.</summary>
public sealed class FileLock : IDisposable
{
    /// <summary>EWOULDBLOCK: somebody holds it. Whatever else goes wrong does not pass by waiting.</summary>
    private const int Held = 11;

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    public static Task<FileLock> TakeAsync(string path, TimeProvider clock, CancellationToken cancel) => OpenAsync(path, FileAccess.ReadWrite, FileShare.None, clock, cancel);

    /// <summary>Together with others who share it.</summary>
    public static Task<FileLock> ShareAsync(string path, TimeProvider clock, CancellationToken cancel) => OpenAsync(path, FileAccess.Read, FileShare.Read, clock, cancel);

    public void Dispose() => _file.Dispose();

    private static async Task<FileLock> OpenAsync(string path, FileAccess access, FileShare share, TimeProvider clock, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, access, share));
            }
            catch (IOException problem) when (problem.HResult == Held)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), clock, cancel);
            }
        }
    }
}
