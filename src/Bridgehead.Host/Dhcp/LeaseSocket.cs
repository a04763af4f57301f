using System.Net;
using System.Net.Sockets;
using System.Text;
using Bridgehead.Model;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Host;

/// <summary>A lease that a client got or gave up.</summary>
public sealed record LeaseEvent(bool Added, MacAddress Mac, IPAddress Address);

/// <summary>The daemon's end of <see cref="LeaseHelper"/>. What comes in is checked like any stranger's text.</summary>
public sealed partial class LeaseSocket(string stateFolder, ILogger<LeaseSocket> log)
{
    private const int LongestLine = 256;

    /// <summary>
    /// Hands on events, those that waited in the folder first, until cancelled. <paramref name="database"/> gives the lines of dnsmasq's lease database for <c>init</c>.
    /// </summary>
    public async Task RunAsync(Func<LeaseEvent, Task> handle, Func<Task<string>> database, TaskCompletionSource listening, CancellationToken cancel)
    {
        var path = LeaseHelper.SocketOf(stateFolder);
        File.Delete(path);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen(128);
        listening.TrySetResult();
        await DrainAsync(handle, cancel);
        while (!cancel.IsCancellationRequested)
        {
            var client = await socket.AcceptAsync(cancel);
            _ = Task.Run(() => ServeAsync(client, handle, database, cancel), CancellationToken.None);
        }
    }

    /// <summary>An event's line; null when it is none.</summary>
    public static LeaseEvent? Parse(string line)
    {
        var words = line.TrimEnd('\n').Split(' ');
        return words is ["add" or "del", var mac, var address] && MacAddress.TryParse(mac, out var from) && Ip.TryParse(address, out var ip)
            ? new LeaseEvent(words[0] == "add", from, ip)
            : null;
    }

    private async Task DrainAsync(Func<LeaseEvent, Task> handle, CancellationToken cancel)
    {
        var spool = LeaseHelper.SpoolOf(stateFolder);
        if (!Directory.Exists(spool))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(spool).Order(StringComparer.Ordinal).ToList())
        {
            if (Parse(await File.ReadAllTextAsync(file, cancel)) is { } found)
            {
                await handle(found);
            }

            File.Delete(file);
        }
    }

    private async Task ServeAsync(Socket client, Func<LeaseEvent, Task> handle, Func<Task<string>> database, CancellationToken cancel)
    {
        using (client)
        {
            try
            {
                var buffer = new byte[LongestLine];
                var read = await client.ReceiveAsync(buffer, cancel);
                var line = Encoding.UTF8.GetString(buffer, 0, read);
                if (line == "init\n")
                {
                    await client.SendAsync(Encoding.UTF8.GetBytes(await database()), cancel);
                }
                else if (Parse(line) is { } found)
                {
                    await handle(found);
                }
            }
            catch (Exception problem) when (!cancel.IsCancellationRequested)
            {
                EventLost(log, problem.Message, problem);
            }
        }
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Error, Message = "a DHCP lease event could not be taken: {Reason}")]
    private static partial void EventLost(ILogger log, string reason, Exception problem);
}
