using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Benchmarks;

/// <summary>Both workers' iptables, as the daemons have them.</summary>
internal sealed class IptablesEngine : IDisposable
{
    private readonly string _variant;
    private readonly BareShell _shell = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-bench");
    private readonly List<IDisturbance> _disturbances = [];
    private readonly Recorder _runner = new();
    private readonly IptablesBackend _compute;
    private readonly IptablesBackend _network;

    /// <summary>What the engine sent for a change, and to take it back.</summary>
    private readonly Dictionary<EngineChange, (string Put, string Back)> _sent = [];

    public IptablesEngine(string variant)
    {
        _variant = variant;
        (_compute, _network) = (Open("nova-compute"), Open("nova-network"));
    }

    public async Task StartAsync(IptablesCloud cloud)
    {
        await StartAsync(_compute, cloud.Compute());
        await StartAsync(_network, cloud.Network());
        await LookAsync();
    }

    /// <summary>The engine's times for the change, from the policy to the end of its restore.</summary>
    public async Task<IReadOnlyList<double>> OursAsync(EngineChange change, int runs)
    {
        var backend = change.Network ? _network : _compute;
        return await Samples.TakeAsync(runs, async _ =>
        {
            var time = await Samples.TimeAsync(async () =>
            {
                backend.Put(change.Put);
                await CommitAsync(backend);
            });
            var put = _runner.Input;
            TakeBack(backend, change);
            await CommitAsync(backend);
            _sent[change] = (put, _runner.Input);
            return time;
        });
    }

    /// <summary>The times of bare restores with the text that the engine sent for the change.</summary>
    public IReadOnlyList<double> Bare(EngineChange change, int runs)
    {
        var (put, back) = _sent[change];
        return [.. Enumerable.Range(0, runs).Select(_ =>
        {
            var time = Restore(put);
            Restore(back);
            return time;
        })];
    }

    public async Task LookAsync()
    {
        await CommitAsync(_compute);
        await CommitAsync(_network);
    }

    public async Task ClearAsync()
    {
        await _network.RetireAsync(CancellationToken.None);
        await _compute.RetireAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _disturbances.ForEach(disturbance => disturbance.Dispose());
        _shell.Dispose();
        _folder.Delete(recursive: true);
    }

    private IptablesBackend Open(string worker)
    {
        // The legacy variant is looked at by the clock, whatever happens: that is no part of a change.
        var disturbance = _variant == "nft" ? new NftVariantDisturbance(worker) : null;
        _disturbances.AddRange(disturbance is null ? [] : [disturbance]);
        var plan = new FirewallPlan(worker, RuleProfiles.For(RuleProfile.Article), ipv6: false);
        return new IptablesBackend(plan, new IptablesPrograms(_runner, _variant), new HostFiles(TimeProvider.System), Path.Combine(_folder.FullName, "lock"), disturbance);
    }

    private double Restore(string text) => _shell.Time($"iptables-{_variant}-restore --noflush", text);

    private static async Task StartAsync(IptablesBackend backend, IReadOnlyList<Policy> policies)
    {
        backend.Replace(policies);
        await backend.CommitAsync(observe: true, CancellationToken.None);
    }

    private static async Task CommitAsync(IptablesBackend backend) => await backend.CommitAsync(observe: false, CancellationToken.None);

    private static void TakeBack(IptablesBackend backend, EngineChange change)
    {
        if (change.Back is { } back)
        {
            backend.Put(back);
        }
        else
        {
            backend.Remove(change.Key);
        }
    }

    /// <summary>The host's programs, and what the last one was given.</summary>
    private sealed class Recorder : ICommandRunner
    {
        private readonly CommandRunner _runner = new();

        public string Input { get; private set; } = "";

        public Task<CommandResult> RunAsync(Command command, CancellationToken cancel)
        {
            Input = command.Input;
            return _runner.RunAsync(command, cancel);
        }
    }
}
