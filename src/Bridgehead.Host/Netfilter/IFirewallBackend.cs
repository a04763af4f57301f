using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>A way to bring policies into the kernel: a plan, and what carries it out. Its calls come one at a time.</summary>
public interface IFirewallBackend : IRetirement
{
    /// <summary>Somebody else may have changed what is ours: <see cref="CommitAsync"/> would repair it. Raised on any thread, from the first commit on.</summary>
    event Action? Disturbed;

    void Put(Policy policy);

    void Remove(string key);

    /// <summary>Puts these policies and removes all others.</summary>
    void Replace(IReadOnlyList<Policy> policies);

    /// <summary>
    /// Brings about what is wanted, and restores what somebody else changed of ours; returns what that was, a sentence for each thing. Throws <see cref="FirewallException"/> or
    /// <see cref="CommandFailedException"/> when the kernel does not take it.
    /// </summary>
    /// <param name="observe">What the kernel holds is not known: it is read first, and differences are no surprise.</param>
    /// <param name="cancel">Cancels.</param>
    Task<IReadOnlyList<string>> CommitAsync(bool observe, CancellationToken cancel);

    /// <summary>What <see cref="CommitAsync"/> would change, by what the kernel holds now. Changes nothing.</summary>
    Task<IReadOnlyList<RuleChange>> PreviewAsync(CancellationToken cancel);
}

/// <summary>The packet filter was not changed, and why.</summary>
public sealed class FirewallException : Exception
{
    public FirewallException()
    {
    }

    public FirewallException(string message)
        : base(message)
    {
    }

    public FirewallException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
