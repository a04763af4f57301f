using System.ComponentModel;
using System.Diagnostics;

namespace Bridgehead.Host;

/// <summary>Runs the host's programs.</summary>
public sealed class CommandRunner : ICommandRunner
{
    /// <summary>Debian package of each program that may be missing.</summary>
    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["dnsmasq"] = "dnsmasq-base",
        ["dhcp_release"] = "dnsmasq-utils",
        ["iptables-restore"] = "iptables",
        ["iptables-save"] = "iptables",
        ["nft"] = "nftables",
        ["conntrack"] = "conntrack",
        ["busybox"] = "busybox-static",
        ["arping"] = "iputils-arping",
        ["ip"] = "iproute2",
        ["unshare"] = "util-linux",
        ["nsenter"] = "util-linux",
        ["tini"] = "tini",
    };

    private static readonly TimeSpan Parting = TimeSpan.FromMilliseconds(20);

    /// <summary>The sentence for a program that is not there.</summary>
    public static string Missing(string program) =>
        $"{program} is not installed: {(Packages.TryGetValue(program, out var package) ? $"apt-get install {package}" : "install it")}";

    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancel)
    {
        using var process = Start(command);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(command.Timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await WriteInputAsync(process, command.Input, limit.Token);
            var (said, complained) = (await output, await error);

            // Who has closed its output ends at once: this thread sees it sooner than it could be told of it. Others are waited for without a thread.
            if (!process.WaitForExit(Parting))
            {
                await process.WaitForExitAsync(limit.Token);
            }

            return new CommandResult(process.ExitCode, said, complained);
        }
        catch (OperationCanceledException problem)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw new CommandFailedException($"'{command}' did not finish in {command.Timeout.TotalSeconds} s and was ended", problem);
        }
    }

    private static Process Start(Command command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception problem)
        {
            throw new CommandFailedException(problem.NativeErrorCode == 2 ? Missing(command.Program) : $"'{command}' cannot be started: {problem.Message}", problem);
        }
    }

    private static async Task WriteInputAsync(Process process, string input, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading its input; its exit code and words say why.
        }
    }
}
