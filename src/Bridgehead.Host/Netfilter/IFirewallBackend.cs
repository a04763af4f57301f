using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>A way to bring policies into the kernel: a plan, and what carries it out. It has one user at a time.</summary>
public interface IFirewallBackend
{
    void Put(Policy policy);

    void Remove(string key);

    /// <summary>Puts these policies and removes all others.</summary>
    void Replace(IReadOnlyList<Policy> policies);

    /// <summary>Brings about what is wanted; throws <see cref="FirewallException"/> or <see cref="CommandFailedException"/> when the kernel does not take it.</summary>
    /// <param name="observe">What the kernel holds is not known: it is read first.</param>
    /// <param name="cancel">Cancels.</param>
    Task CommitAsync(bool observe, CancellationToken cancel);
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
