namespace Bridgehead.Host;

/// <summary>The legacy variant tells nobody: it has to be looked at, twice a second.</summary>
public sealed class LegacyDisturbance : IDisturbance
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private readonly ITimer _timer;
    private int _due;

    public LegacyDisturbance(TimeProvider clock) => _timer = clock.CreateTimer(_ => Tick(), null, Every, Every);

    public event Action? Disturbed;

    public bool Take() => Interlocked.Exchange(ref _due, 0) == 1;

    public void Own(int commits)
    {
        // Looking again finds what we made ourselves as it should be.
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        Volatile.Write(ref _due, 1);
        Disturbed?.Invoke();
    }
}
