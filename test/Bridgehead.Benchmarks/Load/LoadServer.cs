using System.Net;
using System.Net.Sockets;

namespace Bridgehead.Benchmarks;

/// <summary>The instance's end: takes a stream, ends connections, answers datagrams, and lets others lie.</summary>
internal static class LoadServer
{
    public const int Stream = 8080;
    public const int Connections = 9090;
    public const int Echo = 8081;
    public const int Silence = 8082;

    public static void Start()
    {
        var (stream, connections) = (Listen(Stream), Listen(Connections));
        Run(() => Swallow(stream));
        Run(() => Hang(connections));
        var echo = Bind(Echo);
        Run(() => Answer(echo));

        // Nobody reads it: what counts is what arrives at the interface.
        Silent = Bind(Silence);
    }

    private static Socket? Silent { get; set; }

    private static void Run(Action work) => new Thread(() =>
    {
        while (true)
        {
            work();
        }
    })
    { IsBackground = true }.Start();

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen(512);
        return socket;
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    private static void Swallow(Socket listener)
    {
        using var connection = listener.Accept();
        var buffer = new byte[1 << 18];
        try
        {
            while (connection.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException problem) when (problem.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The sender stopped in the middle, which is how each of its runs ends.
        }
    }

    private static void Hang(Socket listener)
    {
        using var connection = listener.Accept();
    }

    private static void Answer(Socket socket)
    {
        Span<byte> buffer = stackalloc byte[64];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        var length = socket.ReceiveFrom(buffer, SocketFlags.None, from);
        socket.SendTo(buffer[..length], SocketFlags.None, from);
    }
}
