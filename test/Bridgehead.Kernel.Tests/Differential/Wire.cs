using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Kernel.Tests.Differential;

/// <summary>
/// The far ends of the host's cables, all in one namespace of their own: whatever is sent here comes to the host as an instance's or an outsider's packet, and whatever the host sends
/// is seen here. The host is the test's own namespace; what it takes in is seen by raw sockets, which stand behind its INPUT.
/// </summary>
internal sealed partial class Wire : IDisposable
{
    public const string Namespace = "wire";
    public const string Host = "host";
    private const int NetworkNamespace = 0x40000000;
    private const int AllProtocols = 0x0300;
    private const byte ForThisInterface = 0;

    /// <summary>Milliseconds.</summary>
    private const int Glance = 100;
    private const int Patience = 10000;
    private const int Moment = 15;

    private readonly Socket _cables;
    private readonly Socket _program = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
    private readonly Socket[] _ears;
    private readonly Dictionary<int, string> _names;
    private readonly Dictionary<string, int> _numbers;
    private readonly ConcurrentQueue<Seen> _seen = new();
    private readonly List<Thread> _threads = [];
    private readonly ulong _series;
    private volatile bool _stop;

    /// <param name="series">The upper half of all tokens.</param>
    public Wire(ulong series)
    {
        _series = series;
        _cables = OpenThere();
        _names = World.Run($"ip netns exec {Namespace} sh -c 'grep . /sys/class/net/*/ifindex'").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('/', ':')).ToDictionary(words => int.Parse(words[^1]), words => words[4]);
        _numbers = _names.ToDictionary(entry => entry.Value, entry => entry.Key);
        _ears =
        [
            .. new[] { ProtocolType.Tcp, ProtocolType.Udp, ProtocolType.Icmp }.Select(protocol => new Socket(AddressFamily.InterNetwork, SocketType.Raw, protocol)),
            .. new[] { ProtocolType.Tcp, ProtocolType.Udp, ProtocolType.IcmpV6 }.Select(protocol => new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, protocol)),
        ];
        Listen(_cables, HearCables);
        foreach (var ear in _ears)
        {
            ear.Bind(new IPEndPoint(ear.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
            Listen(ear, HearHost);
        }
    }

    public void Dispose()
    {
        _stop = true;
        _threads.ForEach(thread => thread.Join());
        foreach (var socket in _ears.Append(_cables).Append(_program))
        {
            socket.Dispose();
        }
    }

    public void Send(string cable, byte[] frame)
    {
        var address = AddressOf(_numbers[cable]);
        _cables.SendTo(frame, SocketFlags.None, address);
    }

    /// <summary>A program of the host sends it.</summary>
    public void SendFromHost(Packet packet, ulong token)
    {
        try
        {
            _program.SendTo(Frame.NetworkOf(packet, token, reply: false), new IPEndPoint(packet.Destination, 0));
        }
        catch (SocketException dropped) when (dropped.SocketErrorCode == SocketError.AccessDenied)
        {
            // The kernel tells a program of the host when its packet is dropped.
        }
    }

    /// <summary>Waits until all these have arrived somewhere, and then a moment longer, for those that should not.</summary>
    public async Task<IReadOnlyList<Seen>> CollectAsync(IReadOnlyCollection<ulong> expected)
    {
        var arrived = new List<Seen>();
        var waited = 0;
        while (waited < Patience && expected.Except(arrived.Select(seen => seen.Token)).Any())
        {
            await Task.Delay(2);
            waited += 2;
            Take(arrived);
        }

        await Task.Delay(Moment);
        Take(arrived);
        return arrived;
    }

    private void Take(List<Seen> arrived)
    {
        while (_seen.TryDequeue(out var seen))
        {
            arrived.Add(seen);
        }
    }

    private void HearCables(Socket cables, byte[] buffer)
    {
        var from = new SocketAddress(AddressFamily.Packet, SocketAddress.GetMaximumAddressSize(AddressFamily.Packet));
        var length = cables.ReceiveFrom(buffer, SocketFlags.None, from);

        // Not what is sent here, nor what a bridge floods to a port whose MAC it is not for.
        if (from[10] == ForThisInterface && length > 14 && Frame.Read(buffer.AsSpan(14, length - 14), _series) is { } seen)
        {
            _seen.Enqueue(seen with { Place = _names[BitConverter.ToInt32([from[4], from[5], from[6], from[7]])] });
        }
    }

    /// <summary>IPv6 sockets give no network header; what it was sent to is not looked at there.</summary>
    private void HearHost(Socket ear, byte[] buffer)
    {
        var v4 = ear.AddressFamily == AddressFamily.InterNetwork;
        EndPoint from = new IPEndPoint(v4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = ear.ReceiveFrom(buffer, ref from);
        var packet = v4 ? buffer.AsSpan(0, length) : WithHeader(buffer.AsSpan(0, length), ear.ProtocolType, ((IPEndPoint)from).Address);
        if (Frame.Read(packet, _series) is { } seen)
        {
            _seen.Enqueue(seen with { Place = Host });
        }
    }

    private static Span<byte> WithHeader(Span<byte> transport, ProtocolType protocol, IPAddress from)
    {
        from.ScopeId = 0;
        return (byte[])[0x60, 0, 0, 0, (byte)(transport.Length >> 8), (byte)transport.Length, (byte)protocol, 64, .. from.GetAddressBytes(), .. IPAddress.IPv6Any.GetAddressBytes(), .. transport];
    }

    private void Listen(Socket socket, Action<Socket, byte[]> hear)
    {
        socket.ReceiveTimeout = Glance;
        socket.ReceiveBufferSize = 1 << 20;
        var thread = new Thread(() =>
        {
            var buffer = new byte[2048];
            while (!_stop)
            {
                try
                {
                    hear(socket, buffer);
                }
                catch (SocketException silence) when (silence.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
                {
                    // Nothing came.
                }
            }
        })
        { IsBackground = true };
        thread.Start();
        _threads.Add(thread);
    }

    /// <summary>A socket stays in the namespace in which it was made; the thread that goes there for it ends.</summary>
    private static Socket OpenThere()
    {
        Socket? socket = null;
        var error = 0;
        var thread = new Thread(() =>
        {
            using var there = File.OpenHandle($"/run/netns/{Namespace}");
            if (SetNamespace(there.DangerousGetHandle().ToInt32(), NetworkNamespace) != 0)
            {
                error = Marshal.GetLastPInvokeError();
                return;
            }

            socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)AllProtocols);
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new Win32Exception(error);
    }

    /// <summary>struct sockaddr_ll.</summary>
    private static SocketAddress AddressOf(int interfaceNumber)
    {
        var address = new SocketAddress(AddressFamily.Packet, 20);
        BitConverter.GetBytes(interfaceNumber).CopyTo(address.Buffer[4..]);
        (address.Buffer.Span[2], address.Buffer.Span[3]) = (0, 3);
        return address;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
