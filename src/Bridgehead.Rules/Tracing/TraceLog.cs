namespace Bridgehead.Rules.Tracing;

/// <summary>The steps of a trace, as they happen.</summary>
internal sealed class TraceLog
{
    private readonly List<TraceStep> _steps = [];

    public IReadOnlyList<TraceStep> Steps => _steps;

    public void Add(TraceStep step) => _steps.Add(step);

    public void Note(string sentence) => _steps.Add(new TraceStep(TraceKind.Note, 0, "", sentence));
}
