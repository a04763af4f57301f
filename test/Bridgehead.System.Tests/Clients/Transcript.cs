using System.Diagnostics;
using System.Globalization;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.System.Tests.Clients;

/// <summary>
/// What a user types and what must come of it, from a text file. <c>$ LINE</c> must end with 0, <c>2$ LINE</c> with that status, <c>~$ LINE</c> is repeated until it ends with 0; the indented lines below are
/// parts of what it says: <c>! TEXT</c> must not be there, <c>= TEXT</c> is all of it. All steps are run, and all that is wrong is told.
/// </summary>
public sealed class Transcript
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly IReadOnlyList<Step> _steps;

    private Transcript(IReadOnlyList<Step> steps) => _steps = steps;

    public static string Folder { get; } = Path.Combine(Golden.Root, "test", "Bridgehead.System.Tests", "Clients");

    public static Transcript Read(string name)
    {
        var steps = new List<Step>();
        var number = 0;
        foreach (var line in File.ReadLines(Path.Combine(Folder, name + ".txt")))
        {
            number++;
            if (line.Split("$ ", 2) is [var end, var command] && (end == "~" || end.All(char.IsAsciiDigit)))
            {
                steps.Add(new Step(number, end, command, []));
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                steps[^1].Parts.Add(line[2..]);
            }
            else if (line.Length > 0 && !line.StartsWith('#'))
            {
                throw new FormatException($"{name}.txt line {number} is neither a command nor what one says");
            }
        }

        return new Transcript(steps);
    }

    public async Task PlayAsync(SandboxCloud cloud)
    {
        var wrong = new List<string>();
        foreach (var step in _steps)
        {
            var ran = step.End == "~" ? await UntilAsync(cloud, step.Line) : await cloud.TryAsync(step.Line);
            if (step.Wrong(ran).ToList() is { Count: > 0 } reasons)
            {
                wrong.Add($"line {step.Number}: $ {step.Line}\n{ran.Output}\n=> {string.Join("\n=> ", reasons)}");
            }
        }

        Assert.True(_steps.Count > 0, "nothing was typed");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {_steps.Count} steps went wrong:\n\n{string.Join("\n\n", wrong)}");
    }

    private static async Task<Ran> UntilAsync(SandboxCloud cloud, string line)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var ran = await cloud.TryAsync(line);
            if (ran.ExitCode == 0 || clock.Elapsed > Patience)
            {
                return ran;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <param name="End">The exit status, empty for 0; <c>~</c>: sometime 0.</param>
    private sealed record Step(int Number, string End, string Line, List<string> Parts)
    {
        public IEnumerable<string> Wrong(Ran ran)
        {
            var status = End is "" or "~" ? 0 : int.Parse(End, CultureInfo.InvariantCulture);
            if (ran.ExitCode != status)
            {
                yield return $"its exit status is {ran.ExitCode} and not {status}";
            }

            foreach (var part in Parts)
            {
                if (part.StartsWith("! ", StringComparison.Ordinal) ? ran.Output.Contains(part[2..], StringComparison.Ordinal)
                    : part.StartsWith("= ", StringComparison.Ordinal) ? ran.Output.Trim() != part[2..]
                    : !ran.Output.Contains(part, StringComparison.Ordinal))
                {
                    yield return $"expected: {part}";
                }
            }

            if (ran.Output.Contains("Traceback", StringComparison.Ordinal))
            {
                yield return "the client broke";
            }
        }
    }
}
