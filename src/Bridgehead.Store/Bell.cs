namespace Bridgehead.Store;

/// <summary>Says "look" to the feeds of this process. It can ring too often and never matters when it is missed: feeds also look by themselves.</summary>
internal sealed class Bell
{
    private volatile TaskCompletionSource _next = Fresh();

    public void Ring() => Interlocked.Exchange(ref _next, Fresh()).TrySetResult();

    /// <summary>Completes at the next ring after this call.</summary>
    public Task NextAsync() => _next.Task;

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
