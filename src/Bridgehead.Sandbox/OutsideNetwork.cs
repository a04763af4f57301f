using System.Diagnostics;
using Bridgehead.Host;

namespace Bridgehead.Sandbox;

/// <summary>The network around the host: a namespace with 192.168.1.1/24, the host's cable, and a web server. The world's own namespace is the host.</summary>
internal static class OutsideNetwork
{
    private const string Namespace = "/run/netns/outside";

    public static async Task BuildAsync(ICommandRunner runner)
    {
        await runner.RequireAsync(new Command("ip", ["netns", "add", "outside"]), CancellationToken.None);
        await runner.RequireAsync(new Command("ip", ["-batch", "-"])
        {
            Input = """
                link set dev lo up
                link add name eth0 type veth peer name eth0 netns outside
                address add 192.168.1.90/24 brd 192.168.1.255 dev eth0
                link set dev eth0 up

                """,
        }, CancellationToken.None);
        await runner.RequireAsync(new Command("ip", ["-n", "outside", "-batch", "-"])
        {
            Input = """
                link set dev lo up
                address add 192.168.1.1/24 brd 192.168.1.255 dev eth0
                link set dev eth0 up

                """,
        }, CancellationToken.None);
        await runner.RequireAsync(new Command("ip", ["route", "add", "default", "via", "192.168.1.1"]), CancellationToken.None);
    }

    /// <summary>Serves the world's web folder; <c>/cgi-bin/whoami</c> answers the address that the visitor comes from.</summary>
    public static Process StartWebServer() =>
        Process.Start(new ProcessStartInfo("nsenter", [$"--net={Namespace}", "busybox", "httpd", "-f", "-p", "0.0.0.0:80", "-h", WorldFiles.Web]) { UseShellExecute = false })!;

    /// <summary><c>outside COMMAND ...</c></summary>
    public static Task<int> RunAsync(string[] args)
    {
        if (args.Length == 0)
        {
            Console.Error.WriteLine("usage: outside COMMAND [ARGUMENT ...]");
            return Task.FromResult(2);
        }

        return Task.FromResult(Foreground.Run(new Command("nsenter", [$"--net={Namespace}", "--", .. args])));
    }
}
