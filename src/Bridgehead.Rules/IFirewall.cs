namespace Bridgehead.Rules;

/// <summary>
/// A worker's packet filter on this host. One writer; calls may come from any thread and are coalesced into as few commits as possible.
/// </summary>
public interface IFirewall
{
    /// <summary>
    /// Makes the kernel hold exactly <paramref name="policies"/> for this worker, in one atomic commit per table: what an earlier life of the worker left and is not
    /// wanted goes away in the same commit, what is wanted is not touched. Everybody else's rules survive byte for byte.
    /// </summary>
    Task StartAsync(IReadOnlyList<Policy> policies, CancellationToken cancel);

    /// <summary>
    /// Puts and removes policies; completes when the kernel has them. When the commit fails, the change stays pending, is retried with back-off, and the task waits for it.
    /// </summary>
    Task ApplyAsync(IReadOnlyList<Policy> put, IReadOnlyList<string> removeKeys, CancellationToken cancel);
}
