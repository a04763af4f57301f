using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>A packet's way through one base chain and the chains that its rules lead to.</summary>
internal sealed class ChainWalk(Ruleset rules, BaseChain start, NftHook hook, Passing passing, TraceLog log)
{
    /// <summary>The kernel's own limit is 16 for nf_tables; a loop would not end.</summary>
    private const int Deepest = 32;

    private enum End
    {
        /// <summary>No rule decided: back to the chain that led here.</summary>
        Fell,
        Accepted,
        Dropped,
    }

    public bool Passes()
    {
        log.Add(new TraceStep(TraceKind.Hook, 0, start.PathOf(start.Name), hook.ToString().ToLowerInvariant()));
        var end = Run(start.Name, 1);
        if (end == End.Fell && start.DropsAtEnd)
        {
            log.Add(new TraceStep(TraceKind.Note, 1, start.PathOf(start.Name), $"no rule decided: the policy of {start.Name} is DROP") { Decided = true });
            return false;
        }

        return end != End.Dropped;
    }

    private End Run(string chain, int depth)
    {
        if (depth > Deepest)
        {
            throw new TraceException($"chains lead into each other without end, {chain} among them");
        }

        foreach (var rule in rules.RulesOf(start, chain))
        {
            if (rule.Try is not { } attempt)
            {
                log.Add(new TraceStep(TraceKind.Foreign, depth, start.PathOf(chain), rule.Text));
                continue;
            }

            var effect = attempt(passing);
            if (effect is Effect.Passed)
            {
                log.Add(StepOf(rule, chain, depth));
                continue;
            }

            log.Add(StepOf(rule, chain, depth) with
            {
                Matched = true,
                Decided = effect is not (Effect.Went or Effect.Jump or Effect.Goto),
                Why = effect.Because is { } because ? $"{rule.Why}: {because.Why}" : rule.Why,
                GroupRule = effect.Because?.GroupRule ?? rule.GroupRule,
            });
            if (Follow(effect, depth) is { } end)
            {
                return end;
            }
        }

        return End.Fell;
    }

    /// <summary>Null when the next rule follows.</summary>
    private End? Follow(Effect effect, int depth)
    {
        switch (effect)
        {
            case Effect.Jump jump:
                return Enter(jump.Chain, depth) is var end and not End.Fell ? end : null;
            case Effect.Goto jump:
                return Enter(jump.Chain, depth);
            case Effect.Accept:
                return End.Accepted;
            case Effect.Drop:
                return End.Dropped;
            case Effect.Went:
                return null;
            default:
                return Translate(effect, depth);
        }
    }

    private End Enter(string chain, int depth)
    {
        log.Add(new TraceStep(TraceKind.Chain, depth + 1, start.PathOf(chain), chain));
        return Run(chain, depth + 1);
    }

    private End Translate(Effect effect, int depth)
    {
        if (!start.Nat)
        {
            throw new TraceException($"{start.PathOf(start.Name)} translates, which only chains for translation can");
        }

        var before = passing.Packet;
        switch (effect)
        {
            case Effect.Destination to:
                passing.SetDestination(to.Address, to.Port);
                break;
            case Effect.Source from:
                passing.SetSource(from.Address);
                break;
            case Effect.Redirect redirect:
                var own = passing.Input is { } input ? passing.Host.AddressOn(input, start.V4) : System.Net.IPAddress.Loopback;
                if (own is null)
                {
                    log.Note($"{passing.Input} has no address to redirect to");
                    return End.Dropped;
                }

                passing.SetDestination(own, redirect.Port);
                break;
            default:
                throw new TraceException($"no rule can do {effect}");
        }

        log.Add(new TraceStep(TraceKind.Translation, depth, start.PathOf(start.Name), TranslationText.Of(before, passing.Packet)));
        return End.Accepted;
    }

    private TraceStep StepOf(TracedRule rule, string chain, int depth) => new(TraceKind.Rule, depth, start.PathOf(chain), rule.Text) { Why = rule.Why, GroupRule = rule.GroupRule };
}
