namespace Bridgehead.Host;

/// <summary>Tells when somebody else may have changed iptables' tables. Used by one backend.</summary>
public interface IDisturbance : IDisposable
{
    /// <summary>It is time to ask. Raised on any thread.</summary>
    event Action? Disturbed;

    /// <summary>Whether something that concerns us may have changed since the last call.</summary>
    bool Take();

    /// <summary>We committed ourselves, this many tables, since the last <see cref="Take"/>.</summary>
    void Own(int commits);
}
