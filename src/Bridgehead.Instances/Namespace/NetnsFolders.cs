using System.Globalization;

namespace Bridgehead.Instances;

/// <summary>What the netns driver keeps of its instances under the state folder, and how it knows a process again: by number and start time.</summary>
internal sealed class NetnsFolders(string stateFolder)
{
    private readonly string _root = Path.Combine(stateFolder, "instances");

    public string Of(Guid uuid) => Path.Combine(_root, uuid.ToString("D"));

    public IEnumerable<Guid> All() => Directory.Exists(_root)
        ? Directory.EnumerateDirectories(_root).Select(Path.GetFileName).Select(name => Guid.TryParseExact(name, "D", out var uuid) ? uuid : Guid.Empty).Where(uuid => uuid != Guid.Empty).ToList()
        : [];

    /// <summary>The first process of a container that exists; null when there is none.</summary>
    public int? Pid(Guid uuid)
    {
        var path = Path.Combine(Of(uuid), "pid");
        if (!File.Exists(path))
        {
            return null;
        }

        var words = File.ReadAllText(path).Trim().Split(' ');
        return words.Length == 2 && int.TryParse(words[0], out var pid) && StartTime(pid) == words[1] && IsAlive(pid) ? pid : null;
    }

    /// <summary>The launcher of a container that did not come as far as its pid file.</summary>
    public int? LauncherPid(Guid uuid)
    {
        var path = Path.Combine(Of(uuid), "launch.pid");
        return File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), out var pid) && CommandLine(pid).Contains(Of(uuid), StringComparison.Ordinal) ? pid : null;
    }

    /// <summary>Whether the instance executes; a container that waits for its go does not.</summary>
    public bool IsRunning(Guid uuid) => Pid(uuid) is not null && File.Exists(Path.Combine(Of(uuid), "started"));

    /// <summary>Clock ticks since boot; empty when there is no such process.</summary>
    public static string StartTime(int pid) => Stat(pid) is { Length: > 19 } fields ? fields[19] : "";

    /// <summary>A zombie is dead.</summary>
    public static bool IsAlive(int pid) => Stat(pid) is [not ("Z" or "X"), ..];

    /// <summary>The fields of its stat file from the state on; empty when there is no such process.</summary>
    public static string[] Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It ended between two looks.
            return [];
        }
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            // It ended between two looks.
            return "";
        }
    }
}
