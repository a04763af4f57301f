using System.Diagnostics;
using System.Globalization;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>What a command left.</summary>
public sealed record Ran(int ExitCode, string Output);

/// <summary>A sandbox of the published program, driven through a shell in its host's namespace, as a user would.</summary>
public sealed class SandboxCloud : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _shell;
    private int _number;

    private SandboxCloud(Process shell) => _shell = shell;

    public static string Program { get; } = Path.Combine(Golden.Root, "bin", "bridgehead");

    public int ProcessId => _shell.Id;

    public static async Task<SandboxCloud> StartAsync(params IReadOnlyList<string> options)
    {
        Assert.True(File.Exists(Program), "the published program is missing: ./run --build");
        var start = new ProcessStartInfo(Program, ["sandbox", .. options, "--", "bash", "--noprofile", "--norc"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var cloud = new SandboxCloud(Process.Start(start)!);
        await cloud.RunAsync("true");
        return cloud;
    }

    /// <summary>Runs a shell line; both its outputs together.</summary>
    public async Task<Ran> TryAsync(string line)
    {
        var mark = $"-- end of {++_number}:";
        await _shell.StandardInput.WriteLineAsync($"{{ {line}\n}} </dev/null 2>&1; s=$?; echo; echo \"{mark} $s\"");
        await _shell.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (true)
        {
            var read = await _shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException($"the sandbox ended during: {line}\n{string.Join('\n', lines)}");
            if (read.StartsWith(mark, StringComparison.Ordinal))
            {
                return new Ran(int.Parse(read[mark.Length..], CultureInfo.InvariantCulture), string.Join('\n', lines).Trim('\n'));
            }

            lines.Add(read);
        }
    }

    /// <summary>A line that must succeed.</summary>
    public async Task<string> RunAsync(string line)
    {
        var ran = await TryAsync(line);
        Assert.True(ran.ExitCode == 0, $"$ {line}\n{ran.Output}\nexit status {ran.ExitCode}");
        return ran.Output;
    }

    /// <summary>A line that must fail; returns what it said.</summary>
    public async Task<string> FailAsync(string line)
    {
        var ran = await TryAsync(line);
        Assert.True(ran.ExitCode != 0, $"should have failed: $ {line}\n{ran.Output}");
        return ran.Output;
    }

    /// <summary>Repeats a line until it succeeds.</summary>
    public async Task<string> UntilAsync(string line)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var ran = await TryAsync(line);
            if (ran.ExitCode == 0)
            {
                return ran.Output;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"did not come true: $ {line}\n{ran.Output}\n{(await TryAsync("tail -n 40 $SANDBOX_LOG")).Output}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Boots a server of the sandbox's image and waits until it has its address and, which comes a moment later, its way out.</summary>
    public async Task BootAsync(string name, string options = "")
    {
        await RunAsync($"nova boot --image busybox --flavor 1 --poll {options} {name}");
        await UntilAsync($"console {name} ip -4 -o address show dev eth0 | grep -w inet");
        await UntilAsync($"console {name} ip route | grep ^default");
    }

    public async Task<string> AddressAsync(string server) =>
        (await RunAsync($"console {server} ip -4 -o address show dev eth0 | sed 's/.*inet \\([0-9.]*\\).*/\\1/'")).Trim();

    public async ValueTask DisposeAsync()
    {
        if (!_shell.HasExited)
        {
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience, CancellationToken.None);
        }

        _shell.Dispose();
    }
}
