using System.Diagnostics.Metrics;

namespace Bridgehead.Store;

/// <summary>What the store counts: work and its time, connections in use, errors, repetitions, and how late the change feed is.</summary>
internal static class StoreMeter
{
    private static readonly Meter Meter = new("bridgehead");

    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("bridgehead_store_seconds", description: "Seconds that a transaction took, with its connection.");

    private static long inUse;

    private static readonly Counter<long> Errors = Meter.CreateCounter<long>("bridgehead_store_errors", description: "Errors of the database; lost races are among them.");

    private static readonly Counter<long> Repetitions = Meter.CreateCounter<long>("bridgehead_store_retries", description: "Transactions that were begun anew after a lost race or connection.");

    /// <summary>Looked at and not added up, so that it is right for who begins to listen in the middle.</summary>
    private static readonly ObservableGauge<long> InUse = Meter.CreateObservableGauge(
        "bridgehead_store_connections", () => Interlocked.Read(ref inUse), description: "Connections to the database that are in use by transactions.");

    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>("bridgehead_feed_lag_seconds", description: "Seconds from a change to its reading by a feed.");

    /// <summary>A transaction, until it is disposed of.</summary>
    public static Transaction Begin(TimeProvider clock, string kind)
    {
        Interlocked.Increment(ref inUse);
        return new Transaction(clock, kind);
    }

    public static void Failed() => Errors.Add(1);

    public static void Repeated() => Repetitions.Add(1);

    public static void Read(TimeSpan lag) => Lag.Record(Math.Max(0, lag.TotalSeconds));

    public sealed class Transaction(TimeProvider clock, string kind) : IDisposable
    {
        private readonly long _began = clock.GetTimestamp();

        public void Dispose()
        {
            Interlocked.Decrement(ref inUse);
            Seconds.Record(clock.GetElapsedTime(_began).TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
        }
    }
}
