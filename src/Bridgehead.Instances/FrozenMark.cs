namespace Bridgehead.Instances;

/// <summary>
/// A file that says that an instance is held still. While that is being brought about or taken back it says so, so that a daemon that was killed in between is followed by one that does it again.
/// </summary>
internal sealed class FrozenMark(string path)
{
    private const string Held = "held\n";

    public Task BeginAsync(CancellationToken cancel) => File.WriteAllTextAsync(path, "between\n", cancel);

    public Task SetAsync(CancellationToken cancel) => File.WriteAllTextAsync(path, Held, cancel);

    public void Clear() => File.Delete(path);

    /// <summary>Null when it is neither.</summary>
    public bool? Read() => !File.Exists(path) ? false : File.ReadAllText(path) == Held ? true : null;
}
