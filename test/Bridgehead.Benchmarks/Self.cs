using System.Diagnostics;

namespace Bridgehead.Benchmarks;

/// <summary>This program, as one that is run again elsewhere, and other programs.</summary>
internal static class Self
{
    /// <summary>How it is called: published it is one file, else the runtime is told the assembly.</summary>
    public static IReadOnlyList<string> Command { get; } = Path.GetFileName(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Path.GetFullPath(Environment.GetCommandLineArgs()[0])]
        : [Environment.ProcessPath!];

    /// <summary>The solution's folder.</summary>
    public static string Root
    {
        get
        {
            var root = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(root, "Bridgehead.slnx")))
            {
                root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("run it from inside the solution's folder");
            }

            return root;
        }
    }

    /// <summary>A program whose input and output are ours; what it says of errors goes to the terminal.</summary>
    public static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;

    /// <summary>Runs a program to its end; throws with its own words when it fails.</summary>
    public static void Require(string program, IReadOnlyList<string> arguments, string input = "")
    {
        using var process = Start(program, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited with {process.ExitCode}");
        }
    }
}
