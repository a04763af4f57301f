using System.Diagnostics;

namespace Bridgehead.Benchmarks;

/// <summary>A small process that starts programs, as somebody at a shell would: what a program costs without ours around it.</summary>
internal sealed class BareShell : IDisposable
{
    private readonly Process _shell = Self.Start("sh", []);

    /// <summary>Runs the command with the text, which is written beforehand, as its input; the time is from the line at the shell to the program's end.</summary>
    public double Time(string command, string input)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, input);
            var clock = Stopwatch.StartNew();
            _shell.StandardInput.WriteLine($"{command} <{file}; echo $?");
            _shell.StandardInput.Flush();
            var status = _shell.StandardOutput.ReadLine();
            return status == "0" ? clock.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{command} exited with {status}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }
}
