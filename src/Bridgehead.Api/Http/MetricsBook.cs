using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Bridgehead.Api;

/// <summary>Adds up what the rooms of this process measure with their meters named <see cref="Meter"/>, and writes it as Prometheus reads it (text format 0.0.4).</summary>
internal sealed class MetricsBook : IDisposable
{
    /// <summary>The name of every meter of ours.</summary>
    public const string Meter = "bridgehead";

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly ProcessFigures _process;

    /// <param name="scope">Meters of other scopes are other servers'.</param>
    public MetricsBook(object scope, TimeProvider clock)
    {
        _process = new ProcessFigures(clock);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Meter && (instrument.Meter.Scope is null || instrument.Meter.Scope == scope))
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, _ => new MetricFamily(instrument)));
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((MetricFamily)family!).Add(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => ((MetricFamily)family!).Add(value, tags));
        _listener.Start();
    }

    public string Text()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (_, family) in _families.OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            family.Write(text);
        }

        _process.Write(text);
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();
}
