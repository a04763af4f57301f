using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Model;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Store;

namespace Bridgehead.Agent.Tests;

/// <summary>One life of nova-network and nova-compute on a machine: the real agents, loops and appliers, with programs that are not.</summary>
internal sealed class FakeDaemons : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Complaints _complaints = new();
    private readonly Database _store;
    private readonly HeardAgent[] _agents;
    private readonly TaskCompletionSource[] _ready;
    private readonly Task[] _running;

    private FakeDaemons(FakeMachine machine, Database store, NovaSettings settings)
    {
        _store = store;
        var (host, logs) = (machine.Host, _complaints);
        var sysctls = new Sysctls(machine.Sysctls);
        FirewallWriter Writer(IFirewallBackend backend) => new(backend, TimeProvider.System, logs.For<FirewallWriter>());
        FirewallWriter Firewall(string worker) => Writer(settings.NetfilterBackend == NetfilterBackend.Nftables
            ? new FakeNftBackend(machine, worker == Binaries.Network ? new NetworkLayout(settings.RuleProfile) : new ComputeLayout(settings.UseIpv6))
            : new IptablesBackend(
                new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6),
                new IptablesPrograms(host, "auto"),
                Path.Combine(machine.State, "locks", "iptables"),
                TimeProvider.System));
        Links NewLinks() => new(host, Path.Combine(machine.State, "locks", "links"), TimeProvider.System);
        host.Killed = Die;
        _agents =
        [
            new(new NetworkAgent(
                settings,
                store,
                new NetworkAppliers(
                    Firewall(Binaries.Network),
                    NewLinks(),
                    sysctls,
                    new DnsmasqService(host, settings, "/helper", machine.Proc),
                    new Conntrack(host),
                    AddressJournal.Floating(machine.State),
                    AddressJournal.Gateways(machine.State)),
                logs,
                _stop.Token)),
            new(new ComputeAgent(
                settings,
                store,
                new ComputeAppliers(Firewall(Binaries.Compute), new PortGuard(Writer(new FakeNftBackend(machine, new GuardLayout(settings.UseIpv6)))), NewLinks(), sysctls, new TapDriver(host, machine.State, machine.Interfaces)),
                logs,
                _stop.Token)),
        ];
        _ready = [.. _agents.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        _running = [.. _agents.Select((agent, i) => new AgentLoop(agent, store, settings, TimeProvider.System, logs.For<AgentLoop>()).RunAsync(_ready[i], _stop.Token))];
    }

    /// <summary>Returns when both have brought the host about, or were killed at it.</summary>
    public static async Task<FakeDaemons> StartAsync(FakeMachine machine, Database store, NovaSettings settings)
    {
        var daemons = new FakeDaemons(machine, store, settings);
        foreach (var (ready, running) in daemons._ready.Zip(daemons._running))
        {
            var first = await Task.WhenAny(ready.Task, running).WaitAsync(Limit);
            if (!daemons.Killed)
            {
                await first;
            }
        }

        return daemons;
    }

    public bool Killed => _killed.Task.IsCompleted;

    /// <summary>What has failed in this life, though it may have succeeded later.</summary>
    public IReadOnlyCollection<string> Errors => _complaints.Errors;

    /// <summary>
    /// Waits until both have heard of everything that is in the store, and nothing is under way, or they are killed. A mark in the feed says that they have heard; when nothing but
    /// marks came between one that was followed by a pause of all work and the next, that work left nothing more to hear of.
    /// </summary>
    public async Task WhenQuietAsync()
    {
        await HearAgainAsync();
        for (var before = -1L; !Killed;)
        {
            var mark = $"{Guid.NewGuid()}";
            await _store.WriteAsync<Done>(
                async session =>
                {
                    await session.Changes.AddAsync(HeardAgent.Mark, mark, null, default);
                    return default;
                },
                default);
            await UnlessKilledAsync(Task.WhenAll(_agents.Select(agent => agent.WhenHeardAsync(mark))));
            var heard = _agents.Sum(agent => agent.Heard);
            if (heard == before)
            {
                return;
            }

            before = heard;
            await WhenIdleAsync();
        }
    }

    /// <summary>From here on the feeds lose what they should hand over.</summary>
    public void Deafen() => Array.ForEach(_agents, agent => agent.Deafen());

    /// <summary>The store forgets what it fed; the feeds notice that they may have lost something.</summary>
    private async Task HearAgainAsync()
    {
        if (_agents.Any(agent => agent.Deaf))
        {
            await _store.WriteAsync<Done>(
                async session =>
                {
                    await session.Changes.AddAsync(HeardAgent.Mark, "forgotten", null, default);
                    await session.ForgetAsync(session.Now + TimeSpan.FromDays(1), default);
                    return default;
                },
                default);
            await UnlessKilledAsync(Task.WhenAll(_agents.Select(agent => agent.WhenLookedAsync())));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var running in _running)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await WhenIdleAsync();
        _stop.Dispose();
    }

    private void Die()
    {
        _killed.TrySetResult();
        _stop.Cancel();
    }

    private async Task UnlessKilledAsync(Task task)
    {
        if (!await SoonAsync(Task.WhenAny(task, _killed.Task)))
        {
            throw new TimeoutException($"the daemons do not get there:\n{string.Join('\n', Errors)}");
        }
    }

    private static async Task<bool> SoonAsync(Task task) => await Task.WhenAny(task, Task.Delay(Limit)) == task;

    private async Task WhenIdleAsync()
    {
        foreach (var agent in _agents)
        {
            await agent.WhenIdleAsync().WaitAsync(Limit);
        }
    }
}
