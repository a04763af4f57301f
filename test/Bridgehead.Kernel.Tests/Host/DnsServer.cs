using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>A name server that remembers what it was asked, and answers that every name exists without any data; and a client.</summary>
internal sealed class DnsServer : IDisposable
{
    private readonly UdpClient _socket;

    public DnsServer(string address)
    {
        _socket = new UdpClient(new IPEndPoint(IPAddress.Parse(address), 53));
        _ = ServeAsync();
    }

    /// <summary>Names in lower case, each with the number of its type.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Asks a server; returns the code of its answer (0: the name exists, 3: it does not) and the number of records.</summary>
    public static async Task<(int Code, int Records)> AskAsync(string server, string name, ushort type)
    {
        using var socket = new UdpClient(server, 53);
        byte[] labels = [.. name.Split('.').SelectMany(label => new[] { (byte)label.Length }.Concat(Encoding.ASCII.GetBytes(label))), 0];
        await socket.SendAsync((byte[])[0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. labels, (byte)(type >> 8), (byte)type, 0, 1]);
        var answer = (await socket.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(5))).Buffer;
        return (answer[3] & 15, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)));
    }

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var got = await _socket.ReceiveAsync();
                Asked.Enqueue(QuestionOf(got.Buffer));
                got.Buffer[2] |= 0x80;
                await _socket.SendAsync(got.Buffer, got.RemoteEndPoint);
            }
        }
        catch (Exception problem) when (problem is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private static string QuestionOf(byte[] query)
    {
        var name = new StringBuilder();
        var at = 12;
        for (; query[at] != 0; at += query[at] + 1)
        {
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(query, at + 1, query[at]));
        }

        return $"{name.ToString().ToLowerInvariant()} {BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1))}";
    }
}
