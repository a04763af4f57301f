using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Bridgehead.Host;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>Lease events from dnsmasq's program to the daemon, which may be away, fail, or have strange visitors.</summary>
public sealed class LeaseSocketTests : IAsyncLifetime
{
    private const string Mac = "fa:16:3e:00:00:01";
    private static readonly TextWriter Terminal = Console.Out;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-leases-").FullName;
    private readonly ConcurrentQueue<string> _events = [];
    private readonly TaskCompletionSource _listening = new();
    private volatile bool _storeIsAway;
    private Task _daemon = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_state, (UnixFileMode)0b111_101_101);
        Environment.SetEnvironmentVariable(LeaseHelper.FolderVariable, _state);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await FluentActions.Awaiting(() => _daemon).Should().ThrowAsync<OperationCanceledException>();
        _stop.Dispose();
        Environment.SetEnvironmentVariable(LeaseHelper.FolderVariable, null);
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task Events_are_carried_out_when_the_helper_ends_and_what_says_nothing_of_leases_is_none()
    {
        await StartAsync();
        await HelpAsync("add", Mac, "10.10.10.2", "a name; with $(strange) \n things");
        _events.Should().Equal("add 10.10.10.2");
        await HelpAsync("old", Mac, "10.10.10.2");
        await HelpAsync("tftp", "1234", "10.10.10.2", "/file");
        await HelpAsync("arp-add", Mac, "10.10.10.2");
        await HelpAsync("add", "06-01:02:03", "10.10.10.2");
        await HelpAsync("add", Mac, "not an address");
        await HelpAsync("del", Mac, "10.10.10.2");
        _events.Should().Equal("add 10.10.10.2", "del 10.10.10.2");
        Spool().Should().BeEmpty();
    }

    [Fact]
    public async Task The_database_comes_whole_or_not_at_all()
    {
        (await HelpAsync(1, "init")).Should().BeEmpty("the daemon is away");
        await StartAsync();
        (await HelpAsync("init")).Should().Be(await DatabaseAsync());
        _storeIsAway = true;
        (await HelpAsync(1, "init")).Should().BeEmpty();
    }

    [Fact]
    public async Task Of_what_happened_while_the_daemon_was_away_it_finds_the_last_of_each_address()
    {
        await HelpAsync("add", Mac, "10.10.10.2");
        await HelpAsync("del", Mac, "10.10.10.2");
        await HelpAsync("add", Mac, "10.10.10.3");
        _events.Should().BeEmpty();
        await StartAsync();
        await World.UntilAsync(() => Task.FromResult(_events.Count == 2 ? null : "the events do not come"));
        _events.Should().BeEquivalentTo("del 10.10.10.2", "add 10.10.10.3");
        await World.UntilAsync(() => Task.FromResult(Spool().Length == 0 ? null : "the folder is not emptied"));
    }

    [Fact]
    public async Task An_event_that_cannot_be_carried_out_now_is_later_unless_a_newer_one_was_meanwhile()
    {
        await StartAsync();
        _storeIsAway = true;
        await HelpAsync("add", Mac, "10.10.10.2");
        await HelpAsync("add", Mac, "10.10.10.3");
        Spool().Should().HaveCount(2);
        _storeIsAway = false;
        await HelpAsync("del", Mac, "10.10.10.2");
        await World.UntilAsync(() => Task.FromResult(_events.Contains("add 10.10.10.3") ? null : "it is not tried again"));
        await World.UntilAsync(() => Task.FromResult(Spool().Length == 0 ? null : "the folder is not emptied"));
        _events.Where(e => e.EndsWith(".2", StringComparison.Ordinal)).Last().Should().Be("del 10.10.10.2");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("add\n")]
    [InlineData("add fa:16:3e:00:00:01 10.10.10.2 more\n")]
    [InlineData("add fa:16:3e:00:00:01 ../../etc/passwd\n")]
    [InlineData("add fa:16:3e:00:00:01 10.10.10.2\nadd fa:16:3e:00:00:01 10.10.10.3\n")]
    [InlineData("old fa:16:3e:00:00:01 10.10.10.2\n")]
    [InlineData("init \n")]
    [InlineData("\0\u0001\ufffd\n")]
    public async Task Garbage_gets_no_answer(string text)
    {
        await StartAsync();
        (await SayAsync(text)).Should().BeEmpty();
        _events.Should().BeEmpty();
        await HelpAsync("add", Mac, "10.10.10.2");
        _events.Should().HaveCount(1);
    }

    [Fact]
    public async Task Too_much_text_and_silence_cost_their_sender_only()
    {
        await StartAsync();
        (await SayAsync(new string('a', 1 << 20))).Should().BeEmpty();
        (await SayAsync("add ", Mac[..7], Mac[7..], " 10.10.10.9", "\n")).Should().Be("ok\n", "a line may come in pieces");
        var silent = Enumerable.Range(0, 32).Select(_ => ConnectAsync()).ToList();
        await Task.WhenAll(silent);
        await HelpAsync("add", Mac, "10.10.10.2");
        _events.Should().Equal("add 10.10.10.9", "add 10.10.10.2");
        foreach (var socket in silent)
        {
            (await socket).Dispose();
        }
    }

    [Fact]
    public async Task Only_root_may_connect()
    {
        await StartAsync();
        var curl = $"curl -s -m 0.5 --unix-socket {LeaseHelper.SocketOf(_state)} telnet://x </dev/null";
        World.Run($"stat -c %a {LeaseHelper.SocketOf(_state)}").Trim().Should().Be("600");
        World.Try(curl).ExitCode.Should().NotBe(7);
        World.Try($"setpriv --reuid 65534 --regid 65534 --clear-groups {curl}").ExitCode.Should().Be(7, "curl cannot connect");
    }

    private static Task<string> DatabaseAsync() => Task.FromResult($"1000 {Mac} 10.10.10.2 one *\n1000 {Mac} 10.10.10.3 two *\n");

    private async Task StartAsync()
    {
        _daemon = new LeaseSocket(_state, TimeProvider.System, NullLogger<LeaseSocket>.Instance).RunAsync(
            lease =>
            {
                if (_storeIsAway)
                {
                    throw new TimeoutException("the store is away");
                }

                _events.Enqueue($"{(lease.Added ? "add" : "del")} {lease.Address}");
                return Task.CompletedTask;
            },
            () => _storeIsAway ? throw new TimeoutException("the store is away") : DatabaseAsync(),
            _listening,
            _stop.Token);
        await _listening.Task;
    }

    private string[] Spool() => Directory.Exists(LeaseHelper.SpoolOf(_state)) ? Directory.GetFiles(LeaseHelper.SpoolOf(_state)) : [];

    private static Task<string> HelpAsync(params string[] args) => HelpAsync(0, args);

    /// <summary>The helper as dnsmasq runs it; returns what it prints.</summary>
    private static async Task<string> HelpAsync(int status, params string[] args)
    {
        var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            (await LeaseHelper.RunAsync(args)).Should().Be(status);
        }
        finally
        {
            Console.SetOut(Terminal);
        }

        return printed.ToString();
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(LeaseHelper.SocketOf(_state)));
        return socket;
    }

    /// <summary>Sends the pieces one after the other; returns the answer.</summary>
    private async Task<string> SayAsync(params string[] pieces)
    {
        using var socket = await ConnectAsync();
        try
        {
            foreach (var piece in pieces)
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes(piece));
                await Task.Delay(20);
            }

            using var reader = new StreamReader(new NetworkStream(socket));
            return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            // Closed before all was read.
            return "";
        }
    }
}
