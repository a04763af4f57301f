using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Clients that send or read slowly, or not at all for now: nobody else waits for them, neither for a connection to the database nor for its one writer.</summary>
public sealed class SlowClientTests(InhabitedCloud cloud) : IClassFixture<InhabitedCloud>
{
    /// <summary>More than any pool of connections holds.</summary>
    private const int Slow = 150;

    private const string V = "/compute/v2.1";

    [Fact]
    public async Task Who_sends_half_a_body_keeps_nobody_waiting()
    {
        var body = """{"security_group":{"name":"slow","description":""}}""";
        var head = $"POST {V}/os-security-groups HTTP/1.1\r\nHost: a\r\nX-Auth-Token: {cloud.Admin}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        await WithSlowAsync(head + body[..20], async sockets =>
        {
            await OthersWorkAsync("beside senders");

            // One of them goes on, and is served as if it had been quick.
            await sockets[0].SendAsync(Encoding.ASCII.GetBytes(body[20..]), TestContext.Current.CancellationToken);
            var buffer = new byte[100];
            await sockets[0].ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            Encoding.ASCII.GetString(buffer).Should().StartWith("HTTP/1.1 200");
        });
    }

    [Fact]
    public async Task Who_does_not_read_the_answers_keeps_nobody_waiting()
    {
        var ask = $"GET {V}/flavors/detail HTTP/1.1\r\nHost: a\r\nX-Auth-Token: {cloud.Admin}\r\n\r\n";

        // So many answers that no buffer between takes them.
        await WithSlowAsync(string.Concat(Enumerable.Repeat(ask, 200)), _ => OthersWorkAsync("beside readers"));
    }

    private async Task OthersWorkAsync(string name)
    {
        await cloud.ActivateAsync(cloud.Owned);
        (await cloud.GetAsync($"{V}/servers/detail")).Code.Should().Be(200);
        await cloud.BootAsync(name);
        (await cloud.PostAsync($"{V}/servers/{cloud.Owned}/metadata", """{"metadata":{"a":"b"}}""")).Code.Should().Be(200);
        (await cloud.GetAsync("/healthz", token: null)).Code.Should().Be(200);
    }

    private async Task WithSlowAsync(string sent, Func<List<Socket>, Task> work)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < Slow; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                sockets.Add(socket);
                await socket.ConnectAsync(cloud.Server.Api, TestContext.Current.CancellationToken);
                await socket.SendAsync(Encoding.ASCII.GetBytes(sent), TestContext.Current.CancellationToken);
            }

            await work(sockets);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }
}
