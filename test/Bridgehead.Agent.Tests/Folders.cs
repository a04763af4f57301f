namespace Bridgehead.Agent.Tests;

/// <summary>Folders for machines that live a moment: in memory where that is possible, because nothing of them has to survive a power cut.</summary>
internal static class Folders
{
    private const string Memory = "/dev/shm";

    public static string Create(string name)
    {
        var path = Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"bridgehead-{name}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(path);
        return path;
    }
}
