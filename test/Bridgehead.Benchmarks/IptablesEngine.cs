using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Benchmarks;

/// <summary>Both workers' iptables, as the daemons have them, and beside each a plan of the same content that says what is sent.</summary>
internal sealed class IptablesEngine : IDisposable
{
    private readonly string _variant;
    private readonly BareShell _shell = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-bench");
    private readonly List<IDisturbance> _disturbances = [];
    private readonly Worker _compute;
    private readonly Worker _network;

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
        var backend = WorkerOf(change).Backend;
        return await Samples.TakeAsync(runs, async _ =>
        {
            var time = await Samples.TimeAsync(async () =>
            {
                backend.Put(change.Put);
                await CommitAsync(backend);
            });
            TakeBack(change, backend.Put, backend.Remove);
            await CommitAsync(backend);
            return time;
        });
    }

    /// <summary>The times of bare restores with what the engine would send.</summary>
    public IReadOnlyList<double> Bare(EngineChange change, int runs)
    {
        var plan = WorkerOf(change).Plan;
        return [.. Enumerable.Range(0, runs).Select(_ =>
        {
            plan.Put(change.Put);
            var time = Restore(plan);
            TakeBack(change, plan.Put, plan.Remove);
            Restore(plan);
            return time;
        })];
    }

    public async Task LookAsync()
    {
        await CommitAsync(_compute.Backend);
        await CommitAsync(_network.Backend);
    }

    public async Task ClearAsync()
    {
        await _network.Backend.RetireAsync(CancellationToken.None);
        await _compute.Backend.RetireAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _disturbances.ForEach(disturbance => disturbance.Dispose());
        _shell.Dispose();
        _folder.Delete(recursive: true);
    }

    private Worker Open(string name)
    {
        // The legacy variant is looked at by the clock, whatever happens: that is no part of a change.
        var disturbance = _variant == "nft" ? new NftVariantDisturbance(name) : null;
        _disturbances.AddRange(disturbance is null ? [] : [disturbance]);
        var backend = new IptablesBackend(PlanOf(name), new IptablesPrograms(new CommandRunner(), _variant), Path.Combine(_folder.FullName, "lock"), TimeProvider.System, disturbance);
        return new Worker(backend, PlanOf(name));
    }

    private static FirewallPlan PlanOf(string worker) => new(worker, RuleProfiles.For(RuleProfile.Article), ipv6: false);

    private Worker WorkerOf(EngineChange change) => change.Network ? _network : _compute;

    private async Task StartAsync(Worker worker, IReadOnlyList<Policy> policies)
    {
        worker.Backend.Replace(policies);
        await worker.Backend.CommitAsync(observe: true, CancellationToken.None);
        worker.Plan.Replace(policies);
        worker.Plan.Pending(IpFamily.V4);
        worker.Plan.Committed(IpFamily.V4);
    }

    private double Restore(FirewallPlan plan)
    {
        var time = _shell.Time($"iptables-{_variant}-restore --noflush", plan.Pending(IpFamily.V4));
        plan.Committed(IpFamily.V4);
        return time;
    }

    private static async Task CommitAsync(IptablesBackend backend) => await backend.CommitAsync(observe: false, CancellationToken.None);

    private static void TakeBack(EngineChange change, Action<Policy> put, Action<string> remove)
    {
        if (change.Back is { } back)
        {
            put(back);
        }
        else
        {
            remove(change.Key);
        }
    }

    private sealed record Worker(IptablesBackend Backend, FirewallPlan Plan);
}
