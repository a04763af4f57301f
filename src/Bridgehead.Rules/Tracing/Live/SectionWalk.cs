using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>
/// A real packet's way through one base chain: the kernel tells only the rules that matched; those before them did not, and chains that were left are seen by where the packet is next.
/// </summary>
internal sealed class SectionWalk
{
    private readonly RuleBook _book;
    private readonly TraceEvent _first;
    private readonly Passing _passing;
    private readonly Stack<Frame> _frames = new();
    private readonly List<TraceStep> _steps = [];

    public SectionWalk(RuleBook book, TraceEvent first, NftHook hook, Passing passing)
    {
        (_book, _first, _passing, Hook) = (book, first, passing, hook);
        Add(TraceKind.Hook, 0, first.Chain, hook.ToString().ToLowerInvariant());
        _frames.Push(new Frame(first.Chain, book.RulesOf(first, first.Chain), 1));
    }

    public NftHook Hook { get; }

    /// <summary>Nothing when the packet met nothing in it: iptables' nft variant makes base chains that stay empty.</summary>
    public IReadOnlyList<TraceStep> Steps => _steps.Count == 1 ? [] : _steps;

    public bool Dropped { get; private set; }

    /// <summary>How deep the rule stands that decided.</summary>
    public int DecidedAt { get; private set; }

    public void Take(TraceEvent told)
    {
        if (told.IsChainEnd)
        {
            return;
        }

        if (told.IsPolicy)
        {
            LeaveTo(null);
            EndBy(told);
            return;
        }

        LeaveTo(told.Chain);
        var (frame, rule) = (_frames.Peek(), _book.RuleOf(told));
        SkipTo(frame, told.Handle!.Value);
        _steps.Add(StepOf(told, rule, frame.Depth));
        Follow(told, frame);
    }

    /// <summary>The packet is in this chain now, or at the end of the base chain: chains that led nowhere are left behind, their rules did not match.</summary>
    private void LeaveTo(string? chain)
    {
        if (chain is not null && _frames.All(frame => frame.Chain != chain))
        {
            // What led here was not told: an event was lost.
            Enter(chain);
        }

        while (_frames.TryPeek(out var top) && top.Chain != chain)
        {
            SkipTo(top, null);
            _frames.Pop();
        }
    }

    /// <summary>Rules that did not match, up to the one with the handle.</summary>
    private void SkipTo(Frame frame, ulong? handle)
    {
        var at = handle is null ? frame.Rules.Count : frame.IndexOf(handle.Value);
        if (at < 0)
        {
            return;
        }

        for (; frame.Next < at; frame.Next++)
        {
            var rule = frame.Rules[frame.Next];
            _steps.Add(new TraceStep(TraceKind.Rule, frame.Depth, PathOf(frame.Chain), rule.Text) { Why = rule.Why, GroupRule = rule.GroupRule });
        }

        frame.Next = handle is null ? frame.Next : at + 1;
    }

    private TraceStep StepOf(TraceEvent told, BookRule rule, int depth)
    {
        var because = rule.Try?.Invoke(_passing).Because;
        var decided = told.Verdict is EventVerdict.Accept or EventVerdict.Drop;
        DecidedAt = decided ? depth : DecidedAt;
        return new TraceStep(rule.Foreign ? TraceKind.Foreign : TraceKind.Rule, depth, PathOf(told.Chain), rule.Text)
        {
            Matched = true,
            Decided = decided,
            Why = because is null ? rule.Why : $"{rule.Why}: {because.Why}",
            GroupRule = because?.GroupRule ?? rule.GroupRule,
        };
    }

    private void Follow(TraceEvent told, Frame frame)
    {
        switch (told.Verdict)
        {
            case EventVerdict.Jump:
                Enter(told.Target!);
                break;
            case EventVerdict.Goto:
                // Nobody comes back to the chain that it stands in.
                frame.Next = frame.Rules.Count;
                Enter(told.Target!);
                break;
            case EventVerdict.Return:
                frame.Next = frame.Rules.Count;
                break;
            case EventVerdict.Drop:
                Dropped = true;
                break;
            case EventVerdict.Handed:
                Add(TraceKind.Note, frame.Depth + 1, frame.Chain, "handed to a program of this host, which decides");
                break;
        }
    }

    private void EndBy(TraceEvent policy)
    {
        if (policy.Verdict == EventVerdict.Drop)
        {
            Dropped = true;
            _steps.Add(new TraceStep(TraceKind.Note, 1, PathOf(_first.Chain), $"no rule decided: the policy of {_first.Chain} is DROP") { Decided = true });
        }
    }

    private void Enter(string chain)
    {
        var depth = _frames.TryPeek(out var top) ? top.Depth + 1 : 1;
        Add(TraceKind.Chain, depth, chain, chain);
        _frames.Push(new Frame(chain, _book.RulesOf(_first, chain), depth));
    }

    private void Add(TraceKind kind, int depth, string chain, string text) => _steps.Add(new TraceStep(kind, depth, PathOf(chain), text));

    private string PathOf(string chain) => $"{_book.TableNameOf(_first)} {chain}";

    /// <summary>A chain that the packet is in, and its first rule that is not told of yet.</summary>
    private sealed class Frame(string chain, IReadOnlyList<BookRule> rules, int depth)
    {
        public string Chain => chain;

        public IReadOnlyList<BookRule> Rules => rules;

        public int Depth => depth;

        public int Next { get; set; }

        public int IndexOf(ulong handle)
        {
            for (var i = Next; i < rules.Count; i++)
            {
                if (rules[i].Handle == handle)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
