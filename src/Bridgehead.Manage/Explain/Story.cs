using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>An explanation for a terminal: one line a step, indented by chain; <c>*</c> marks what decided.</summary>
internal sealed class Story(CloudView cloud, Explanation explanation, bool all)
{
    private readonly List<string> _lines = [];
    private int _unmatched;
    private int _unmatchedDepth;

    public IEnumerable<string> Lines()
    {
        var packet = explanation.Trace.Packet;
        _lines.Add($"{packet}, {Origin(packet)}");
        foreach (var step in explanation.Trace.Steps)
        {
            Tell(step);
        }

        TellUnmatched();
        _lines.Add("");
        _lines.Add($"verdict: {explanation.Verdict}");
        if (explanation.Change is { } change)
        {
            _lines.Add($"change:  {change}");
        }

        if (explanation.Remark is { } remark)
        {
            _lines.Add($"note:    {remark}");
        }

        return _lines;
    }

    private string Origin(Packet packet)
    {
        var name = cloud.NameOf(packet.Source) is { } known ? $" of {known}" : "";
        return packet switch
        {
            { Port: { } port } when cloud.AtPort(port.ToString()) is var (server, _) => $"from port {port} of server {server.Instance.DisplayName}, on {packet.Input}",
            { Input: { } input } => $"comes in by {input}{name}",
            _ => "from a program of this host",
        };
    }

    private void Tell(TraceStep step)
    {
        if (step is { Kind: TraceKind.Rule, Matched: false } && !all)
        {
            if (_unmatchedDepth != step.Depth)
            {
                TellUnmatched();
            }

            (_unmatched, _unmatchedDepth) = (_unmatched + 1, step.Depth);
            return;
        }

        TellUnmatched();
        switch (step.Kind)
        {
            case TraceKind.Hook:
                _lines.Add($"{step.Text}: {step.Chain}");
                break;
            case TraceKind.Rule:
                TellRule(step);
                break;
            case TraceKind.Foreign:
                Add(step.Depth, $"? {step.Text}   (somebody else's rule: not tried)");
                break;
            case TraceKind.Translation:
                Add(step.Depth + 1, $"{step.Text}");
                break;
            case TraceKind.Note:
                Add(step.Depth, step.Decided ? $"* {step.Text}" : step.Text);
                break;
            case TraceKind.Chain:
                // The rule before it names the chain.
                break;
            default:
                throw new NotSupportedException($"no words for {step.Kind}");
        }
    }

    private void TellRule(TraceStep step)
    {
        Add(step.Depth, $"{(step.Decided ? "*" : step.Matched ? ">" : "-")} {step.Text}");
        if (step.Decided || all)
        {
            Add(step.Depth + 2, $"because: {(step.GroupRule is { } rule && cloud.RuleText(rule) is { } text ? text : step.Why)}");
        }
    }

    private void TellUnmatched()
    {
        if (_unmatched > 0)
        {
            Add(_unmatchedDepth, $"- {_unmatched} {(_unmatched == 1 ? "rule does" : "rules do")} not match");
            _unmatched = 0;
        }
    }

    private void Add(int depth, string text) => _lines.Add($"{new string(' ', depth * 2)}{text}");
}
