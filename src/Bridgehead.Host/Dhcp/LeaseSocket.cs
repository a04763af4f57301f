using System.Net;
using System.Net.Sockets;
using System.Text;
using Bridgehead.Model;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Host;

/// <summary>A lease that a client got or gave up.</summary>
public sealed record LeaseEvent(bool Added, MacAddress Mac, IPAddress Address);

/// <summary>
/// The daemon's end of <see cref="LeaseHelper"/>. An event is answered for when it has been handled; one that could not be is left in the folder by the helper, and taken up again. What
/// comes in is checked like any stranger's text.
/// </summary>
public sealed partial class LeaseSocket(string stateFolder, TimeProvider clock, ILogger<LeaseSocket> log)
{
    private const int LongestLine = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _places = new(64, 64);

    /// <summary>One event at a time: an older one out of the folder must not come after a newer one.</summary>
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>
    /// Hands on events, those that waited in the folder too, until cancelled. <paramref name="database"/> gives the lines of dnsmasq's lease database for <c>init</c>.
    /// </summary>
    public async Task RunAsync(Func<LeaseEvent, Task> handle, Func<Task<string>> database, TaskCompletionSource listening, CancellationToken cancel)
    {
        var path = LeaseHelper.SocketOf(stateFolder);
        File.Delete(path);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));

        // Before it listens, nobody can connect.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen(128);
        listening.TrySetResult();
        await await Task.WhenAny(DrainAsync(handle, cancel), AcceptAsync(socket, handle, database, cancel));
    }

    /// <summary>An event's line; null when it is none.</summary>
    public static LeaseEvent? Parse(string line)
    {
        var words = line.TrimEnd('\n').Split(' ');
        return words is ["add" or "del", var mac, var address] && MacAddress.TryParse(mac, out var from) && Ip.TryParse(address, out var ip)
            ? new LeaseEvent(words[0] == "add", from, ip)
            : null;
    }

    private async Task AcceptAsync(Socket socket, Func<LeaseEvent, Task> handle, Func<Task<string>> database, CancellationToken cancel)
    {
        while (true)
        {
            await _places.WaitAsync(cancel);
            try
            {
                var client = await socket.AcceptAsync(cancel);
                _ = Task.Run(() => ServeAsync(client, handle, database, cancel), CancellationToken.None);
            }
            catch (SocketException problem)
            {
                // This process has too many files open, or the peer went.
                NotTaken(log, problem.Message, problem);
                _places.Release();
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }

    private async Task DrainAsync(Func<LeaseEvent, Task> handle, CancellationToken cancel)
    {
        var spool = LeaseHelper.SpoolOf(stateFolder);
        while (true)
        {
            foreach (var file in Directory.Exists(spool) ? Directory.GetFiles(spool) : [])
            {
                await LoggedAsync(() => TakeAsync(file, handle, cancel), cancel);
            }

            await Task.Delay(Pause, clock, cancel);
        }
    }

    /// <summary>Takes up an event from the folder, unless a newer one of its address has removed it meanwhile.</summary>
    private async Task TakeAsync(string file, Func<LeaseEvent, Task> handle, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (File.Exists(file))
            {
                if (Parse(await File.ReadAllTextAsync(file, cancel)) is { } found)
                {
                    await handle(found);
                }

                File.Delete(file);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task ServeAsync(Socket client, Func<LeaseEvent, Task> handle, Func<Task<string>> database, CancellationToken cancel)
    {
        using (client)
        {
            await LoggedAsync(
                async () =>
                {
                    var line = await ReadLineAsync(client, cancel);
                    if (line == "init\n")
                    {
                        await client.SendAsync(Encoding.UTF8.GetBytes(await database() + LeaseHelper.Done), cancel);
                    }
                    else if (line is not null && Parse(line) is { } found)
                    {
                        await HandleAsync(found, handle, cancel);
                        await client.SendAsync(Encoding.UTF8.GetBytes(LeaseHelper.Done), cancel);
                    }
                },
                cancel);
        }

        _places.Release();
    }

    private async Task HandleAsync(LeaseEvent found, Func<LeaseEvent, Task> handle, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            await handle(found);
            if (Directory.Exists(LeaseHelper.SpoolOf(stateFolder)))
            {
                File.Delete(Path.Combine(LeaseHelper.SpoolOf(stateFolder), found.Address.ToString()));
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Null for a peer that says nothing in time, or too much.</summary>
    private async Task<string?> ReadLineAsync(Socket client, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        var buffer = new byte[LongestLine];
        var length = 0;
        try
        {
            while (length < LongestLine && !buffer.AsSpan(0, length).Contains((byte)'\n'))
            {
                var read = await client.ReceiveAsync(buffer.AsMemory(length), limit.Token);
                if (read == 0)
                {
                    return null;
                }

                length += read;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private async Task LoggedAsync(Func<Task> work, CancellationToken cancel)
    {
        try
        {
            await work();
        }
        catch (Exception problem) when (!cancel.IsCancellationRequested)
        {
            NotTaken(log, problem.Message, problem);
        }
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Error, Message = "a DHCP lease event could not be taken, it will be tried again: {Reason}")]
    private static partial void NotTaken(ILogger log, string reason, Exception problem);
}
