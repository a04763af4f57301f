namespace Bridgehead.Host;

/// <summary>Where programs are found.</summary>
public static class ProgramPath
{
    private static readonly string[] System = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Debian leaves the folders of iptables and dnsmasq out of an ordinary user's PATH; this process and those it starts get them.</summary>
    public static void AddSystemFolders()
    {
        var folders = Folders();
        Environment.SetEnvironmentVariable("PATH", string.Join(':', folders.Concat(System.Except(folders))));
    }

    /// <summary>The file that a name runs; null when PATH has none.</summary>
    public static string? Find(string program) => Folders().Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>A sentence for each program that is not there.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<string> programs) =>
        [.. programs.Where(program => Find(program) is null).Select(CommandRunner.Missing)];

    private static string[] Folders() => (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries);
}
