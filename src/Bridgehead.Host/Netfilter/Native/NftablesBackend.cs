using Bridgehead.Netlink;
using Bridgehead.Rules;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>
/// A worker's part of our tables in nf_tables. Each commit names the generation that it believes in; the kernel refuses it when somebody else committed in between. Notifications tell what that
/// was: when it touched what is ours, the tables are read again and restored.
/// </summary>
public sealed class NftablesBackend : IFirewallBackend, IDisposable
{
    /// <summary>How often somebody else may come in between, one time after the other, before the writer's back-off takes over.</summary>
    private const int Tries = 20;

    private readonly NftPlan _plan;
    private readonly BatchWriter _batch = new();
    private Nftables? _kernel;
    private NftNews? _news;
    private NftWatch? _watch;
    private uint _generation;

    public NftablesBackend(INftLayout layout) => _plan = new NftPlan(layout, RuleEncoder.PrintOf);

    public event Action? Disturbed;

    public NftPlan Plan => _plan;

    public void Put(Policy policy) => _plan.Put(policy);

    public void Remove(string key) => _plan.Remove(key);

    public void Replace(IReadOnlyList<Policy> policies) => _plan.Replace(policies);

    /// <summary>The calls to the kernel take microseconds; nothing is waited for.</summary>
    public Task<IReadOnlyList<string>> CommitAsync(bool observe, CancellationToken cancel) => WithKernel(kernel => Commit(kernel, observe, cancel));

    public Task<IReadOnlyList<RuleChange>> PreviewAsync(CancellationToken cancel) => Preview(_plan.Pending);

    public Task<IReadOnlyList<RuleChange>> PreviewRetirementAsync(CancellationToken cancel) => Preview(_plan.Retirement);

    public Task<bool> RetireAsync(CancellationToken cancel) => WithKernel(kernel => Retire(kernel, cancel));

    public void Dispose()
    {
        _watch?.Dispose();
        _watch = null;
        Close();
        _batch.Dispose();
    }

    private Task<IReadOnlyList<RuleChange>> Preview(Func<IReadOnlyList<NftOperation>> operations) => WithKernel<IReadOnlyList<RuleChange>>(kernel =>
    {
        var reading = new NftReading();
        Observe(kernel, reading);
        reading.Image = _plan.Observed;
        return [.. NftChanges.Of(operations(), reading)];
    });

    /// <summary>After an error the socket may hold answers to what was asked before it: the next call opens another.</summary>
    private Task<T> WithKernel<T>(Func<Nftables, T> work)
    {
        try
        {
            return Task.FromResult(work(Open()));
        }
        catch (NetlinkException problem)
        {
            Close();
            throw new FirewallException($"nf_tables: {problem.Message}", problem);
        }
    }

    private bool Retire(Nftables kernel, CancellationToken cancel)
    {
        for (var i = 0; i < Tries; i++)
        {
            Observe(kernel);
            var operations = _plan.Retirement();
            if (operations.Count == 0)
            {
                return false;
            }

            OperationWriter.Write(operations, _batch);
            var result = kernel.Commit(_batch, _generation);
            if (result.IsCommitted)
            {
                return true;
            }

            if (result.Outcome != CommitOutcome.Stale)
            {
                throw new FirewallException($"nf_tables: {result}");
            }

            cancel.ThrowIfCancellationRequested();
        }

        throw Busy();
    }

    private Nftables Open()
    {
        _news ??= new NftNews(IsOurs);
        if (_kernel is null)
        {
            _kernel = new Nftables();
            _news.Except = _kernel.PortId;
        }

        _watch ??= new NftWatch(change => change.PortId != _kernel?.PortId && IsOurs(change), () => Disturbed?.Invoke());
        return _kernel;
    }

    private void Close()
    {
        _kernel?.Dispose();
        _news?.Dispose();
        (_kernel, _news) = (null, null);
    }

    private IReadOnlyList<string> Commit(Nftables kernel, bool observe, CancellationToken cancel)
    {
        if (observe)
        {
            // What was told until now is in what is read; what is told later is looked at below.
            _news!.Take();
            Observe(kernel);
        }

        IReadOnlyList<string> drift = [];
        for (var i = 0; i < Tries; i++)
        {
            if (Hear(_news!.Take()))
            {
                drift = [.. drift, .. Compare(kernel)];
            }

            if (TryCommit(kernel))
            {
                return drift;
            }

            // What made the generation old has been told by the time that the kernel says the new one.
            _generation = kernel.GetGeneration();
            cancel.ThrowIfCancellationRequested();
        }

        throw Busy();
    }

    private static FirewallException Busy() => new("nf_tables: somebody else changes rules all the time, faster than ours can be changed");

    /// <summary>Goes to the generation that was told; true when something of ours may have changed.</summary>
    private bool Hear(News news)
    {
        if (news.Newest is { } told && (int)(told - _generation) > 0)
        {
            _generation = told;
        }

        return news.Ours;
    }

    /// <summary>Whether the change is of what the plan looks after.</summary>
    private bool IsOurs(NftEvent.Change change)
    {
        foreach (var table in _plan.Tables)
        {
            if (change.Table.Name == table.Name && change.Table.Family == RuleEncoder.FamilyOf(table.Family))
            {
                return change.Name.Length == 0 || _plan.HasContent(new NftId(table, change.Name));
            }
        }

        return false;
    }

    /// <summary>What differs from what the kernel was believed to hold, beyond what is about to be changed.</summary>
    private IReadOnlyList<string> Compare(Nftables kernel)
    {
        var wanted = NftDrift.Sentences(_plan.Pending()).ToHashSet(StringComparer.Ordinal);
        Observe(kernel);
        return [.. NftDrift.Describe(_plan.Pending(), wanted)];
    }

    private void Observe(Nftables kernel, NftReading? details = null)
    {
        var reader = new TableReader(kernel, _plan.Tables, _plan.HasContent, details);
        for (var i = 0; i < Tries; i++)
        {
            _generation = kernel.GetGeneration();
            if (reader.Read() is { } image && kernel.GetGeneration() == _generation)
            {
                _plan.Observe(image);
                return;
            }
        }

        throw new FirewallException("nf_tables: somebody else changes rules all the time, and ours could not be read in one piece");
    }

    /// <summary>False when somebody else committed in between.</summary>
    private bool TryCommit(Nftables kernel)
    {
        var operations = _plan.Pending();
        if (operations.Count == 0)
        {
            _plan.Committed([]);
            return true;
        }

        OperationWriter.Write(operations, _batch);
        var result = kernel.Commit(_batch, _generation);
        switch (result.Outcome)
        {
            case CommitOutcome.Committed:
                _generation = result.Generation;
                _plan.Committed(result.Handles.Select(rule => rule.Handle));
                return true;
            case CommitOutcome.Stale:
                return false;
            case CommitOutcome.Refused:
                throw new FirewallException($"nf_tables: {string.Join("; ", result.Errors.Select(error => Describe(error, operations)))}");
            default:
                throw new FirewallException("nf_tables: the kernel's answer was lost");
        }
    }

    private static string Describe(BatchError error, IReadOnlyList<NftOperation> operations) =>
        error.Tag < operations.Count && operations[error.Tag] is NftOperation.AddRule add ? $"{error}, for {add.Rule.Why}" : $"{error}";
}
