using System.Runtime.InteropServices;

namespace Bridgehead.Netlink;

/// <summary>
/// nf_tables of the network namespace of the thread that opens it, over one socket. Calls take microseconds to milliseconds and block that long. Not thread-safe. After a
/// <see cref="NetlinkException"/> it is to be thrown away.
/// </summary>
/// <param name="answersMaximum">Bytes of errors and echoes that may wait. Without privileges outside the namespace the system's limit holds.</param>
public sealed partial class Nftables(int answersMaximum = 32 << 20) : IDisposable
{
    private readonly NetlinkSocket _socket = new(answersMaximum);
    private readonly MessageWriter _request = new();
    private uint _sequence;

    /// <summary>In the header of every notification that this socket's commits cause.</summary>
    public uint PortId => _socket.PortId;

    /// <summary>The kernel's generation: another one after every commit that changed something.</summary>
    public uint GetGeneration()
    {
        BeginRequest(NftMessage.GetGeneration, 0, NftFamily.Unspecified);
        SendRequest();
        while (true)
        {
            var received = _socket.Receive(out _);
            if (received.IsEmpty)
            {
                throw new NetlinkException("no answer to the question for the generation");
            }

            var reader = new MessageReader(received);
            while (reader.Next(out var message))
            {
                if (message.Sequence != _sequence)
                {
                    continue;
                }

                return message.Type == (Wire.Nftables | (int)NftMessage.NewGeneration)
                    ? message.Fields.Number(1)
                    : throw new NetlinkException("ask for the generation", ErrorNumber(message));
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _request.Dispose();
    }

    private static int ErrorNumber(Message message) => message.Type == Wire.Error && message.Body.Length >= 4 ? -MemoryMarshal.Read<int>(message.Body) : Errno.Invalid;

    private void BeginRequest(NftMessage message, int flags, NftFamily family)
    {
        _request.Clear();
        _request.Begin(Wire.Nftables | (int)message, Wire.Request | flags, ++_sequence, (byte)family);
    }

    private void SendRequest()
    {
        _request.End();
        if (!_socket.Send(_request.Messages))
        {
            throw new NetlinkException("send a question to the kernel", Errno.MessageTooLong);
        }
    }
}
