using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bridgehead.Netlink;

/// <summary>
/// A netlink socket of the netfilter subsystem, in the network namespace of the thread that opens it. Not thread-safe: one thread at a time. The kernel works inside
/// <see cref="Send"/>: when it returns, every answer waits to be read.
/// </summary>
public sealed unsafe class NetlinkSocket : IDisposable
{
    private const int Netfilter = 12;
    private const int NetlinkLevel = 270;
    private const int AddMembership = 1;
    private const int CapAck = 10;
    private const int ExtendedAck = 11;

    /// <summary>A dump fills at most 32 KiB at a time; no answer is as long as an attribute can be.</summary>
    private const int BufferSize = 128 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly int _file;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);

    private int _sendBuffer;

    /// <param name="receiveBuffer">Bytes of answers or notifications that may wait unread.</param>
    public NetlinkSocket(int receiveBuffer)
    {
        _file = LibC.Socket(LibC.AddressFamilyNetlink, LibC.SocketRaw | LibC.SocketCloseOnExec, Netfilter);
        _handle = new SafeFileHandle(_file, ownsHandle: true);
        try
        {
            Check(_file, "open a netlink socket");
            var address = new LibC.NetlinkAddress { Family = LibC.AddressFamilyNetlink };
            var size = (uint)sizeof(LibC.NetlinkAddress);
            Check(LibC.Bind(_file, &address, size), "bind a netlink socket");
            Check(LibC.GetSocketName(_file, &address, &size), "ask a netlink socket's port");
            PortId = address.PortId;
            Check(SetOption(NetlinkLevel, CapAck, 1), "set NETLINK_CAP_ACK");
            Check(SetOption(NetlinkLevel, ExtendedAck, 1), "set NETLINK_EXT_ACK");
            if (SetOption(LibC.SocketLevel, LibC.ReceiveBufferForce, receiveBuffer) < 0)
            {
                Check(SetOption(LibC.SocketLevel, LibC.ReceiveBuffer, receiveBuffer), "set SO_RCVBUF");
            }
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>The address of this socket: in the header of every notification that it caused.</summary>
    public uint PortId { get; }

    internal int File => _file;

    /// <summary>Hears what the kernel tells to this group.</summary>
    public void Join(int group) => Check(SetOption(NetlinkLevel, AddMembership, group), $"join netlink group {group}");

    /// <summary>Sends messages in one call. False when they are more than the send buffer may hold.</summary>
    public bool Send(ReadOnlySpan<byte> messages)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        WidenSendBuffer(messages.Length);
        fixed (byte* start = messages)
        {
            while (true)
            {
                if (LibC.Send(_file, start, (nuint)messages.Length, 0) == messages.Length)
                {
                    return true;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.Interrupted:
                        break;
                    case Errno.MessageTooLong:
                        return false;
                    case var errno:
                        throw new NetlinkException("send to the kernel", errno);
                }
            }
        }
    }

    /// <summary>What waits to be read, valid until the next call; empty when nothing does. <paramref name="lost"/>: something was dropped because it was not read in time.</summary>
    public ReadOnlySpan<byte> Receive(out bool lost)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        lost = false;
        fixed (byte* start = _buffer)
        {
            while (true)
            {
                var length = LibC.Receive(_file, start, BufferSize, LibC.DontWait | LibC.Truncated);
                if (length > BufferSize)
                {
                    throw new NetlinkException($"the kernel sent {length} bytes at once");
                }

                if (length >= 0)
                {
                    return _buffer.AsSpan(0, (int)length);
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.Interrupted:
                        break;
                    case Errno.TryAgain:
                        return [];
                    case Errno.NoBuffers:
                        lost = true;
                        break;
                    case var errno:
                        throw new NetlinkException("receive from the kernel", errno);
                }
            }
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>The kernel takes a send only when it fits into the buffer as a whole; the limit costs nothing until it is used.</summary>
    private void WidenSendBuffer(int length)
    {
        if (length <= _sendBuffer)
        {
            return;
        }

        var wanted = Math.Max(length + 4096, 1 << 20);
        if (SetOption(LibC.SocketLevel, LibC.SendBufferForce, wanted) < 0)
        {
            // Without CAP_NET_ADMIN outside: as much as net.core.wmem_max allows.
            Check(SetOption(LibC.SocketLevel, LibC.SendBuffer, wanted), "set SO_SNDBUF");
        }

        _sendBuffer = wanted - 4096;
    }

    private int SetOption(int level, int name, int value) => LibC.SetSocketOption(_file, level, name, &value, sizeof(int));

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new NetlinkException(what, Marshal.GetLastPInvokeError());
        }
    }
}
