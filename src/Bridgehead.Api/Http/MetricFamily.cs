using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Bridgehead.Api;

/// <summary>An instrument's values, one series for each set of labels.</summary>
internal sealed class MetricFamily(Instrument instrument)
{
    /// <summary>Upper bounds of a histogram's buckets, in seconds.</summary>
    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly string _kind = instrument switch
    {
        Counter<long> or Counter<double> or ObservableCounter<long> or ObservableCounter<double> => "counter",
        Histogram<long> or Histogram<double> => "histogram",
        _ => "gauge",
    };

    private string Name => _kind == "counter" && !instrument.Name.EndsWith("_total", StringComparison.Ordinal) ? instrument.Name + "_total" : instrument.Name;

    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (_lock)
        {
            if (!_series.TryGetValue(labels, out var series))
            {
                _series.Add(labels, series = new Series());
            }

            series.Sum = instrument.IsObservable ? value : series.Sum + value;
            series.Count++;
            if (_kind == "histogram" && Array.FindIndex(Bounds, bound => value <= bound) is var at and >= 0)
            {
                series.Buckets[at]++;
            }
        }
    }

    public void Write(StringBuilder text)
    {
        lock (_lock)
        {
            Head(text, Name, instrument.Description, _kind);
            if (_series.Count == 0 && _kind == "counter")
            {
                // So that the first event is seen as a rise.
                Line(text, Name, "", 0);
            }

            foreach (var (labels, series) in _series)
            {
                if (_kind == "histogram")
                {
                    Histogram(text, labels, series);
                }
                else
                {
                    Line(text, Name, labels, series.Sum);
                }
            }
        }
    }

    public static void Head(StringBuilder text, string name, string? help, string kind)
    {
        if (help is not null)
        {
            text.Append($"# HELP {name} {help}\n");
        }

        text.Append($"# TYPE {name} {kind}\n");
    }

    public static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append(labels.Length == 0 ? "" : $"{{{labels}}}").Append(CultureInfo.InvariantCulture, $" {value:R}\n");

    private void Histogram(StringBuilder text, string labels, Series series)
    {
        long below = 0;
        var more = labels.Length == 0 ? "" : labels + ",";
        for (var i = 0; i < Bounds.Length; i++)
        {
            below += series.Buckets[i];
            Line(text, $"{Name}_bucket", $"{more}le=\"{Bounds[i].ToString("R", CultureInfo.InvariantCulture)}\"", below);
        }

        Line(text, $"{Name}_bucket", $"{more}le=\"+Inf\"", series.Count);
        Line(text, $"{Name}_sum", labels, series.Sum);
        Line(text, $"{Name}_count", labels, series.Count);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var plain = $"{value}".Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"").Append(plain).Append('"');
        }

        return text.ToString();
    }

    private sealed class Series
    {
        public double Sum { get; set; }

        public long Count { get; set; }

        /// <summary>How many values fell between the bound before and this one.</summary>
        public long[] Buckets { get; } = new long[Bounds.Length];
    }
}
