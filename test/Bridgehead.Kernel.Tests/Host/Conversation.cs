using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AwesomeAssertions;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>An established TCP connection between this host and a namespace, over which numbers go there and back until it is ended.</summary>
internal sealed class Conversation : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Process _peer;
    private readonly Task<TimeSpan> _echo;

    private Conversation(TcpListener listener, Process peer, TcpClient client) => (_listener, _peer, _echo) = (listener, peer, EchoAsync(client));

    /// <summary>The namespace connects to an address of the host.</summary>
    public static async Task<Conversation> StartAsync(string space, string address)
    {
        var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var script = $"exec 3<>/dev/tcp/{address}/{port}; i=0; while read -r -t 10 x <&3 && [ \"$x\" = $i ]; do i=$((i+1)); echo $i >&3; done; echo \"$i $x\"";
        var peer = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", space, "bash", "-c", script]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var client = await listener.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(5));
        return new Conversation(listener, peer, client);
    }

    /// <summary>Ends it: both ends must have heard every number of the other. Returns the longest wait for an answer.</summary>
    public async Task<TimeSpan> EndAsync()
    {
        _ended = true;
        var longest = await _echo.WaitAsync(TimeSpan.FromSeconds(20));
        var said = (await _peer.StandardOutput.ReadToEndAsync()).Split(' ', '\n');
        said[0].Should().Be($"{_number}", "the connection lived until it was ended");
        _number.Should().BeGreaterThan(100);
        return longest;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        if (!_peer.HasExited)
        {
            _peer.Kill(entireProcessTree: true);
            await _peer.WaitForExitAsync();
        }

        _peer.Dispose();
    }

    private volatile bool _ended;
    private int _number;

    private async Task<TimeSpan> EchoAsync(TcpClient client)
    {
        using var _ = client;
        client.NoDelay = true;
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
        var longest = TimeSpan.Zero;
        while (!_ended)
        {
            var clock = Stopwatch.StartNew();
            await writer.WriteLineAsync($"{_number}");
            (await reader.ReadLineAsync()).Should().Be((++_number).ToString(CultureInfo.InvariantCulture));
            longest = clock.Elapsed > longest ? clock.Elapsed : longest;
        }

        return longest;
    }
}
