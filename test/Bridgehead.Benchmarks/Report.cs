using System.Globalization;

namespace Bridgehead.Benchmarks;

/// <summary>The table that all figures go into.</summary>
internal static class Report
{
    public static void Head()
    {
        Console.WriteLine($"{Environment.ProcessorCount} cores, kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}");
        Console.WriteLine($"{"figure",-66} {"measured",14} {"target",16} {"floor",10} {"ratio",7}");
    }

    public static void Line(string figure, double value, double? floor, string unit, string target) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{figure,-66} {$"{value:0.###} {unit}",14} {target,16} {(floor is { } f ? $"{f:0.###}" : ""),10} {(floor is { } g ? $"{value / g:0.00}" : ""),7}"));
}
