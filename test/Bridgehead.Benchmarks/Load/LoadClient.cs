using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Bridgehead.Benchmarks;

/// <summary>The outside's end. Each load goes on for a given time, and tells how many it managed.</summary>
internal static class LoadClient
{
    public const string Unanswered = "flood";

    public static long Run(string load, IPAddress server, TimeSpan time) => load switch
    {
        "stream" => Stream(server, time),
        "connections" => Connections(server, time),
        "echo" => Echo(server, time),
        Unanswered => Flood(server, time),
        _ => throw new ArgumentException($"there is no load '{load}'", nameof(load)),
    };

    /// <summary>Bytes.</summary>
    private static long Stream(IPAddress server, TimeSpan time)
    {
        using var socket = Tcp();
        socket.Connect(server, LoadServer.Stream);
        var buffer = new byte[1 << 17];
        var (clock, bytes) = (Stopwatch.StartNew(), 0L);
        while (clock.Elapsed < time)
        {
            bytes += socket.Send(buffer);
        }

        return bytes;
    }

    /// <summary>Connections that were made and reset.</summary>
    private static long Connections(IPAddress server, TimeSpan time) => Repeat(time, () =>
    {
        using var socket = Tcp();
        socket.Connect(server, LoadServer.Connections);
    });

    /// <summary>Requests that were answered.</summary>
    private static long Echo(IPAddress server, TimeSpan time)
    {
        using var socket = Udp(server, LoadServer.Echo);
        socket.ReceiveTimeout = 1000;
        var buffer = new byte[1];
        return Repeat(time, () =>
        {
            socket.Send(buffer);
            socket.Receive(buffer);
        });
    }

    /// <summary>Datagrams of 64 bytes, as fast as they go.</summary>
    private static long Flood(IPAddress server, TimeSpan time)
    {
        using var socket = Udp(server, LoadServer.Silence);
        var buffer = new byte[64];
        return Repeat(time, () => socket.Send(buffer));
    }

    private static long Repeat(TimeSpan time, Action work)
    {
        var (clock, count) = (Stopwatch.StartNew(), 0L);
        while (clock.Elapsed < time)
        {
            work();
            count++;
        }

        return count;
    }

    /// <summary>Closed by a reset, so that ports do not run out.</summary>
    private static Socket Tcp() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };

    private static Socket Udp(IPAddress server, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(server, port);
        return socket;
    }
}
