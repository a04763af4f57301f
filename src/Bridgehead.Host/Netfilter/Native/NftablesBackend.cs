using Bridgehead.Netlink;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>
/// A worker's part of our tables in nf_tables. Each commit names the generation that it believes in; the kernel refuses it when somebody else committed in between, and then the tables
/// are read again.
/// </summary>
public sealed class NftablesBackend : IFirewallBackend, IDisposable
{
    /// <summary>How often somebody else may come in between, one time after the other, before the writer's back-off takes over.</summary>
    private const int Tries = 20;

    private readonly NftPlan _plan;
    private readonly BatchWriter _batch = new();
    private Nftables? _kernel;
    private uint _generation;

    public NftablesBackend(INftLayout layout) => _plan = new NftPlan(layout, RuleEncoder.PrintOf);

    public NftPlan Plan => _plan;

    public void Put(Policy policy) => _plan.Put(policy);

    public void Remove(string key) => _plan.Remove(key);

    public void Replace(IReadOnlyList<Policy> policies) => _plan.Replace(policies);

    /// <summary>The calls to the kernel take microseconds; nothing is waited for.</summary>
    public Task CommitAsync(bool observe, CancellationToken cancel)
    {
        try
        {
            var kernel = _kernel ??= new Nftables();
            if (observe)
            {
                Observe(kernel);
            }

            for (var i = 0; i < Tries && !TryCommit(kernel); i++)
            {
                cancel.ThrowIfCancellationRequested();
                Observe(kernel);
            }

            return Task.CompletedTask;
        }
        catch (NetlinkException problem)
        {
            _kernel?.Dispose();
            _kernel = null;
            throw new FirewallException($"nf_tables: {problem.Message}", problem);
        }
    }

    public void Dispose()
    {
        _kernel?.Dispose();
        _batch.Dispose();
    }

    private void Observe(Nftables kernel)
    {
        var reader = new TableReader(kernel, _plan);
        for (var i = 0; i < Tries; i++)
        {
            _generation = kernel.GetGeneration();
            if (reader.Read() is { } image && kernel.GetGeneration() == _generation)
            {
                _plan.Observe(image);
                return;
            }
        }

        throw new FirewallException("nf_tables: somebody else changes the rules all the time, and they could not be read in one piece");
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

    private string Describe(BatchError error, IReadOnlyList<NftOperation> operations) => error.Tag < operations.Count && operations[error.Tag] is NftOperation.AddRule add ? $"{error}, for {add.Rule.Why}" : $"{error}";
}
