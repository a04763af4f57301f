using Bridgehead.Host;

namespace Bridgehead.Instances;

/// <summary>A way into an instance for whoever may administer its host.</summary>
public static class NetnsConsole
{
    /// <summary>The command that runs <paramref name="arguments"/> inside the instance; null when it does not run.</summary>
    public static Command? CommandFor(string stateFolder, Guid uuid, IReadOnlyList<string> arguments) => new NetnsFolders(stateFolder).Pid(uuid) is { } pid
        ? new Command("nsenter", ["-t", $"{pid}", "-U", "-m", "-u", "-i", "-n", "-p", "--preserve-credentials", "-r", "-w", "/bin/busybox", "env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", .. arguments])
        : null;
}
