using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>A step with what happened in the chain that it led to.</summary>
internal sealed record StepNode(TraceStep Step, IReadOnlyList<StepNode> Inside)
{
    /// <summary>A rule that did not match, or led to a chain in which none did: nothing happened.</summary>
    public bool IsIdle => Step.Kind == TraceKind.Rule && !Step.Decided && (!Step.Matched || (Chain is not null && Inside.All(node => node.IsIdle)));

    /// <summary>The chain that the rule led to.</summary>
    public string? Chain { get; init; }
}

/// <summary>A trace's steps as chains inside chains.</summary>
internal static class StepTree
{
    public static IReadOnlyList<StepNode> Of(IReadOnlyList<TraceStep> steps)
    {
        var at = 0;
        return Level(steps, ref at, 0);
    }

    private static List<StepNode> Level(IReadOnlyList<TraceStep> steps, ref int at, int depth)
    {
        var nodes = new List<StepNode>();
        while (at < steps.Count && steps[at].Depth >= depth)
        {
            var step = steps[at++];
            if (at < steps.Count && steps[at].Kind == TraceKind.Chain && steps[at].Depth > step.Depth)
            {
                var (chain, inner) = (steps[at].Text, steps[at].Depth);
                at++;
                nodes.Add(new StepNode(step, Level(steps, ref at, inner)) { Chain = chain });
            }
            else
            {
                nodes.Add(new StepNode(step, []));
            }
        }

        return nodes;
    }
}
