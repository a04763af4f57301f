using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Manage;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests.Manage;

/// <summary>An operator at a terminal: types nova-manage commands against a fresh cloud.</summary>
internal sealed class Operator : IAsyncDisposable
{
    private readonly FreshDatabase _fresh;

    private Operator(FreshDatabase fresh, Database store, NovaSettings settings)
    {
        _fresh = fresh;
        Store = store;
        Settings = settings;
    }

    public Database Store { get; }

    public NovaSettings Settings { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Operator> AtAsync(string kind, Func<NovaSettings, NovaSettings>? change = null)
    {
        var fresh = await FreshDatabase.CreateAsync(kind);
        var settings = new NovaSettings
        {
            Host = "node1",
            MyIp = Ip.Parse("192.168.1.90"),
            MetadataHost = Ip.Parse("192.168.1.90"),
            StatePath = "/nonexistent",
            Connection = fresh.Connection,
            PublicInterface = "eth0",
            AdminPassword = "secret",
        };
        var store = await fresh.OpenAsync();
        await new Seed(store, settings).RunAsync(Cancel);
        return new Operator(fresh, store, change?.Invoke(settings) ?? settings);
    }

    /// <summary>Types a command line whose words have no blanks.</summary>
    public async Task<(int Code, string Output, string Error)> TypeAsync(string line, IHostInspection? inspection = null, int? columns = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ManageCommand.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), Settings, output, error, TimeProvider.System, Cancel, inspection, columns);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Types a command that succeeds, and returns its output's lines.</summary>
    public async Task<string[]> DoAsync(string line)
    {
        var (code, output, error) = await TypeAsync(line);
        (code, error).Should().Be((0, ""), line);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Types a command that is refused, and returns the sentence.</summary>
    public async Task<string> FailAsync(string line, int code = 1)
    {
        var typed = await TypeAsync(line);
        (typed.Code, typed.Output).Should().Be((code, ""), $"{line} said {typed.Error}");
        return typed.Error.TrimEnd('\n');
    }

    public Task<List<Network>> NetworksAsync() => Store.ReadAsync(s => s.Networks.ListAsync(Cancel), Cancel);

    public Task<List<FloatingIp>> FloatingAsync() => Store.ReadAsync(s => s.FloatingIps.ListAsync(Cancel), Cancel);

    public async Task<string> ProjectAsync() => (await Store.ReadAsync(s => s.Identities.ProjectsAsync(new ProjectFilter(), Page.All, Cancel), Cancel))[0].Id;

    public async ValueTask DisposeAsync() => await _fresh.DisposeAsync();
}
