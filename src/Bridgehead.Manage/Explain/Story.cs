using Bridgehead.Model;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>
/// An explanation for a terminal: one line a step, indented by chain. <c>></c> marks a rule that matched and led on, <c>*</c> one that decided, <c>-</c> what did nothing, <c>?</c> somebody else's rule.
/// </summary>
internal sealed class Story(CloudView cloud, Explanation explanation, bool all)
{
    private readonly List<string> _lines = [];

    public IEnumerable<string> Lines()
    {
        var packet = explanation.Trace.Packet;
        _lines.Add($"{packet}, {Origin(packet)}");
        Tell(StepTree.Of(explanation.Trace.Steps));
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

        return _lines.Select(SafeText.Line);
    }

    private string Origin(Packet packet) => packet switch
    {
        { Port: { } port } when cloud.AtPort(port.ToString()) is var (server, _) => $"from port {port} of server {server.Instance.DisplayName}, on {packet.Input}",
        { Input: { } input } => $"comes in by {input}{(cloud.NameOf(packet.Source) is { } name ? $", from {name}" : "")}",
        _ => "from a program of this host",
    };

    private void Tell(IReadOnlyList<StepNode> nodes)
    {
        var idle = new List<StepNode>();
        foreach (var node in nodes)
        {
            if (node.IsIdle && !all)
            {
                idle.Add(node);
                continue;
            }

            TellIdle(idle);
            Tell(node.Step);
            Tell(node.Inside);
        }

        TellIdle(idle);
    }

    /// <summary>What did nothing is one line, however much it is.</summary>
    private void TellIdle(List<StepNode> idle)
    {
        if (idle.Count == 0)
        {
            return;
        }

        var (rules, chains) = (idle.Count(node => node.Chain is null), idle.Select(node => node.Chain).OfType<string>().ToList());
        var parts = new List<string>();
        if (rules > 0)
        {
            parts.Add(rules == 1 ? "1 rule does not match" : $"{rules} rules do not match");
        }

        if (chains.Count > 0)
        {
            parts.Add($"nothing matches in {string.Join(", ", chains)}");
        }

        Add(idle[0].Step.Depth, $"- {string.Join("; ", parts)}");
        idle.Clear();
    }

    private void Tell(TraceStep step)
    {
        switch (step.Kind)
        {
            case TraceKind.Hook:
                Add(0, $"{step.Text}: {step.Chain}");
                break;
            case TraceKind.Rule:
                Add(step.Depth, $"{(step.Decided ? "*" : step.Matched ? ">" : "-")} {step.Text}");
                if ((step.Decided || all) && cloud.WhyOf(step) is { Length: > 0 } why)
                {
                    Add(step.Depth + 2, $"because: {why}");
                }

                break;
            case TraceKind.Foreign:
                Add(step.Depth, $"? {step.Text}   (somebody else's rule: not tried)");
                break;
            case TraceKind.Translation:
                Add(step.Depth + 1, step.Text);
                break;
            case TraceKind.Note:
                Add(step.Depth, step.Decided ? $"* {step.Text}" : step.Text);
                break;
            default:
                throw new NotSupportedException($"no words for {step.Kind}");
        }
    }

    private void Add(int depth, string text) => _lines.Add($"{new string(' ', depth * 2)}{text}");
}
