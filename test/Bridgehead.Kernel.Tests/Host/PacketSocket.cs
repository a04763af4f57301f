using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>Whole frames out of, and into, one interface of this namespace (AF_PACKET).</summary>
internal sealed class PacketSocket : IDisposable
{
    private const int EveryProtocol = 0x0300;
    private readonly Socket _socket = new(AddressFamily.Packet, SocketType.Raw, (ProtocolType)EveryProtocol);

    public PacketSocket(string device)
    {
        _socket.Bind(new LinkEndPoint(IndexOf(device)));
        _socket.ReceiveTimeout = 5000;
    }

    public void Send(byte[] frame) => _socket.Send(frame);

    /// <summary>The next frame; throws when five seconds pass without any.</summary>
    public byte[] Receive()
    {
        var buffer = new byte[2048];
        return buffer[.._socket.Receive(buffer)];
    }

    public void Dispose() => _socket.Dispose();

    private static int IndexOf(string device) => int.Parse(World.Run($"ip -o link show dev {device}").Split(':')[0]);

    /// <summary>sockaddr_ll.</summary>
    private sealed class LinkEndPoint(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            BinaryPrimitives.WriteInt16LittleEndian(address.Buffer.Span[2..], EveryProtocol);
            BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[4..], index);
            return address;
        }
    }
}
