using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>Notes what would be written. Locks are not taken: what is read may be of different moments.</summary>
public sealed class DryRunFiles(DryRun run) : IHostFiles
{
    private const string Sysctls = "/proc/sys/";
    private const int LongestText = 100;

    public void Write(string path, string text)
    {
        var there = File.Exists(path);
        if (!there || File.ReadAllText(path) != text)
        {
            Note(there ? ChangeSign.Changes : ChangeSign.Comes, path, text);
        }
    }

    public void Set(string path, string value) => run.Add(new HostChange(HostArea.Settings, ChangeSign.Changes, $"{NameOf(path)}: {File.ReadAllText(path).Trim()} -> {value}"));

    public void Link(string path, string target)
    {
        if (new FileInfo(path).LinkTarget != target)
        {
            Note(File.Exists(path) ? ChangeSign.Changes : ChangeSign.Comes, path, $"-> {target}");
        }
    }

    public void MakeFolder(string path)
    {
    }

    public void Delete(string path)
    {
        if (File.Exists(path))
        {
            Note(ChangeSign.Goes, path, "");
        }
    }

    public void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Note(ChangeSign.Goes, path + "/", "");
        }
    }

    public Task<IDisposable> LockAsync(string path, CancellationToken cancel) => Task.FromResult<IDisposable>(new NoLock());

    public Task<IDisposable> ShareLockAsync(string path, CancellationToken cancel) => LockAsync(path, cancel);

    private void Note(ChangeSign sign, string path, string text)
    {
        var shown = text.Trim().Replace('\n', ';');
        run.Add(new HostChange(HostArea.Files, sign, shown.Length == 0 ? path : $"{path}: {(shown.Length > LongestText ? shown[..LongestText] + " ..." : shown)}"));
    }

    private static string NameOf(string path) => path.StartsWith(Sysctls, StringComparison.Ordinal) ? path[Sysctls.Length..].Replace('/', '.') : path;

    private sealed class NoLock : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
