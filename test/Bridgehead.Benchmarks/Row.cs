using System.Globalization;

namespace Bridgehead.Benchmarks;

/// <summary>What a figure has to be; every bound that is given holds. Ratios are ours to what stands beside it.</summary>
internal sealed record Target(double? Most = null, double? Least = null, double? MostRatio = null, double? LeastRatio = null)
{
    public bool Holds(double ours, double? beside) => !(ours > Most) && !(ours < Least) && !(ours / beside > MostRatio) && !(ours / beside < LeastRatio);

    public string Text(string unit)
    {
        (string Sign, double? Bound, string Unit)[] bounds = [("<=", MostRatio, "x"), (">=", LeastRatio, "x"), ("<=", Most, " " + unit), (">=", Least, " " + unit)];
        return string.Join(", ", bounds.Where(bound => bound.Bound is not null).Select(bound => string.Create(CultureInfo.InvariantCulture, $"{bound.Sign} {bound.Bound:0.##}{bound.Unit}")));
    }
}

/// <summary>One line of the table: a figure, the bare call or tool or the state that it is held against, and what it has to be. Without a target it is there for orientation.</summary>
internal sealed record Row(string What, double Ours, string Unit, double? Beside = null, Target? Target = null)
{
    private const string Mark = "row";

    public bool? IsMet => Target?.Holds(Ours, Beside);

    public static string Head => Columns("what", "ours", "beside it", "ratio", "target", "met?");

    /// <summary>As a process inside a namespace tells it to the one that prints the table.</summary>
    public string ToLine() => string.Join('\t', Mark, What, Number(Ours), Unit, Number(Beside), Number(Target?.Most), Number(Target?.Least), Number(Target?.MostRatio), Number(Target?.LeastRatio));

    /// <summary>Null for a line that is no row.</summary>
    public static Row? Parse(string line)
    {
        if (line.Split('\t') is not [Mark, var what, var ours, var unit, var beside, .. { Length: 4 } bounds])
        {
            return null;
        }

        var target = new Target(Number(bounds[0]), Number(bounds[1]), Number(bounds[2]), Number(bounds[3]));
        return new Row(what, Number(ours)!.Value, unit, Number(beside), target == new Target() ? null : target);
    }

    public override string ToString() => Columns(
        What, $"{Figure(Ours)} {Unit}", Figure(Beside), Figure(Ours / Beside, "0.00"), Target?.Text(Unit) ?? "-", IsMet switch { true => "yes", false => "NO", null => "" });

    public void Print() => Console.WriteLine(ToLine());

    private static string Columns(string what, string ours, string beside, string ratio, string target, string met) =>
        $"{what,-76} {ours,16} {beside,10} {ratio,6}  {target,-20} {met}".TrimEnd();

    private static string Figure(double? value, string format = "") =>
        value?.ToString(format.Length > 0 ? format : value switch { < 10 => "0.###", < 1000 => "0.#", _ => "#,0" }, CultureInfo.InvariantCulture) ?? "";

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static double? Number(string text) => text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);
}
