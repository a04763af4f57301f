using System.ComponentModel;
using System.Diagnostics;

namespace Bridgehead.Host;

/// <summary>Runs a program in this one's place, as far as the user sees: same terminal, same files, its exit status. Blocks the calling thread.</summary>
public static class Foreground
{
    /// <summary>Exit status of a program that was ended by a signal: 128 and the signal's number, as shells say it.</summary>
    public static int Run(Command command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments) { UseShellExecute = false };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception problem)
        {
            throw new CommandFailedException(problem.NativeErrorCode == 2 ? CommandRunner.Missing(command.Program) : $"'{command}' cannot be started: {problem.Message}", problem);
        }
    }
}
