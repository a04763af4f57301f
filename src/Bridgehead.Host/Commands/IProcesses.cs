namespace Bridgehead.Host;

/// <summary>Processes of this host that are not our children.</summary>
public interface IProcesses
{
    /// <summary>Without the program's name. Empty for a process that is gone, or going.</summary>
    IReadOnlyList<string> ArgumentsOf(int pid);

    /// <param name="signal">As kill takes it: <c>-HUP</c>.</param>
    Task SignalAsync(string signal, int pid, CancellationToken cancel);

    /// <summary>Asks it to end, and returns when <paramref name="runs"/> says that it has.</summary>
    Task EndAsync(int pid, Func<bool> runs, CancellationToken cancel);
}
