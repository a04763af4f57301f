using System.Diagnostics;
using System.Net.Sockets;
using Bridgehead.Host;

namespace Bridgehead.Sandbox;

/// <summary>The sandbox's daemons.</summary>
internal static class Cloud
{
    private const string NotifySocket = WorldFiles.Root + "/notify";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Starts them and waits until they say that they are ready, in systemd's protocol. Throws <see cref="CommandFailedException"/> with their log when they do not.</summary>
    public static async Task<Process> StartAsync(SandboxOptions options)
    {
        using var notify = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notify.Bind(new UnixDomainSocketEndPoint(NotifySocket));
        var cloud = Start(options);
        using var limit = new CancellationTokenSource(Patience);
        var ready = notify.ReceiveAsync(new byte[256], limit.Token).AsTask();
        var first = await Task.WhenAny(ready, cloud.WaitForExitAsync(limit.Token));
        if (first == ready && ready.IsCompletedSuccessfully)
        {
            return cloud;
        }

        var log = File.Exists(WorldFiles.Log) ? await File.ReadAllTextAsync(WorldFiles.Log, CancellationToken.None) : "";
        throw new CommandFailedException($"the cloud did not start{(first == ready ? $" within {Patience.TotalSeconds} s" : "")}:\n{log}".TrimEnd());
    }

    /// <summary>The daemons write to a file that the user can read; nothing of theirs is mixed into the command's output.</summary>
    private static Process Start(SandboxOptions options)
    {
        var start = options.ShowLog
            ? new ProcessStartInfo("bridgehead", ["up"])
            : new ProcessStartInfo("sh", ["-c", "exec bridgehead up >>\"$SANDBOX_LOG\" 2>&1 </dev/null"]);
        start.UseShellExecute = false;
        start.Environment["NOTIFY_SOCKET"] = NotifySocket;
        return Process.Start(start)!;
    }
}
