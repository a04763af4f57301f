using Bridgehead.Rules.Nftables;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Rules.Inventory;

/// <summary>Our tables in nf_tables: chains with their rules, sets and maps with their elements, each beside what the workers want of it.</summary>
/// <param name="plans">One of each worker that is expected here.</param>
/// <param name="policies">What the plans hold, to tell why an element is there.</param>
/// <param name="reading">The kernel's.</param>
/// <param name="printOf">How a rule compares with one that was read.</param>
internal sealed class NativeListing(IReadOnlyList<NftPlan> plans, IEnumerable<Policy> policies, NftReading reading, Func<NftFamily, NftRule, string> printOf)
{
    /// <summary>What any worker would call its own, whether or not it is expected here.</summary>
    private static readonly INftLayout[] Layouts = [new NetworkLayout(Model.RuleProfile.Ocata), new ComputeLayout(ipv6: true), new GuardLayout(ipv6: true)];

    private readonly Dictionary<string, Policy> _policies = policies.DistinctBy(policy => policy.Key).ToDictionary(policy => policy.Key, StringComparer.Ordinal);
    private readonly ILookup<NftId, string> _setOwners = plans.SelectMany(plan => plan.SetOwners).Distinct().ToLookup(owner => owner.Set, owner => owner.Key);
    private readonly Dictionary<string, List<string>> _classes = [];

    public IEnumerable<ListedChain> Chains()
    {
        NoteClasses();
        var chains = plans.SelectMany(plan => plan.Chains).DistinctBy(chain => chain.Id).ToDictionary(chain => chain.Id);
        var sets = plans.SelectMany(plan => plan.Sets).DistinctBy(set => set.Id).ToDictionary(set => set.Id);
        return chains.Keys.Union(reading.Image.Chains.Keys).Select(id => ChainOf(id, chains.GetValueOrDefault(id)))
            .Concat(sets.Keys.Union(reading.Image.Sets.Keys).Select(id => SetOf(id, sets.GetValueOrDefault(id))))
            .OrderBy(chain => chain.Table.Family switch { "bridge" => 0, "ip" => 1, _ => 2 })
            .ThenBy(chain => chain.Kind == ListedKind.Chain ? 0 : 1)
            .ThenBy(chain => chain.Hook ?? int.MaxValue)
            .ThenBy(chain => chain.Name, ChainNames.Order);
    }

    /// <summary>The instances of each class: its element in the map of instances names it.</summary>
    private void NoteClasses()
    {
        foreach (var plan in plans)
        {
            foreach (var id in plan.Sets.Select(set => set.Id).Where(id => id.Name == FilterTable.V4.Instances.Id.Name))
            {
                foreach (var (key, data) in plan.Elements(id))
                {
                    var number = InstanceClasses.KeyOf(BitConverter.ToUInt32(data.Value!.Value.Span));
                    if (!_classes.TryGetValue(number, out var instances))
                    {
                        _classes.Add(number, instances = []);
                    }

                    if (plan.OwnerOf(id, key) is { } owner && !instances.Contains(owner))
                    {
                        instances.Add(owner);
                    }
                }
            }
        }
    }

    private ListedChain ChainOf(NftId id, NftChain? wanted)
    {
        var isThere = reading.Image.Chains.TryGetValue(id, out var known);
        var state = wanted is null ? Stray(id) : !isThere ? ListedState.Missing : known.Chain != wanted ? ListedState.Altered : ListedState.Kept;
        var asked = wanted is null ? [] : plans.FirstOrDefault(plan => plan.HasContent(id))?.Asked(wanted) ?? [];
        var there = isThere ? known.Rules : [];
        var rules = Alignment.Of([.. asked.Select(rule => printOf(id.Table.Family, rule.Rule))], [.. there.Select(rule => rule.Print!)]).Select(line => line switch
        {
            { Wanted: { } at, There: { } place } => Reasoned(There(id, there[place], line.Moved ? ListedState.Moved : ListedState.Kept) with { Text = asked[at].Rule.Text }, asked[at]),
            { Wanted: { } at } => Reasoned(new ListedRule(asked[at].Rule.Text, ListedState.Missing), asked[at]),
            _ => There(id, there[line.There!.Value], state == ListedState.Foreign ? ListedState.Foreign : ListedState.Unexpected),
        });
        var hook = (wanted ?? known.Chain)?.Base;
        return new ListedChain(TableOf(id), id.Name, ListedKind.Chain, state, [.. rules])
        {
            Hook = (int?)hook?.Hook,
            Declaration = hook is not null ? $"hook {hook.Hook.ToString().ToLowerInvariant()}, priority {hook.Priority}" : "",
            Owners = Instances(wanted is null ? [] : plans.SelectMany(plan => plan.OwnersOf(wanted)).Distinct(StringComparer.Ordinal)),
        };
    }

    private ListedRule Reasoned(ListedRule listed, (NftRule Rule, IReadOnlyList<string> Keys) asked) =>
        listed with { Why = asked.Rule.Why, GroupRule = asked.Rule.GroupRule, Owners = Instances(asked.Keys) };

    private ListedRule There(NftId id, NftObservedRule rule, ListedState state)
    {
        var detail = reading.Rules[(id, rule.Handle)];
        return new ListedRule(detail.Text, state) { Count = detail.Count, Handle = rule.Handle };
    }

    private ListedChain SetOf(NftId id, NftSet? wanted)
    {
        var isThere = reading.Image.Sets.TryGetValue(id, out var known);
        var state = wanted is null ? Stray(id) : !isThere ? ListedState.Missing : !wanted.Equals(known.Set) ? ListedState.Altered : ListedState.Kept;
        var set = wanted ?? known.Set;
        return new ListedChain(TableOf(id), id.Name, set?.Data is null ? ListedKind.Set : ListedKind.Map, state, set is null ? [] : [.. Elements(set, wanted is not null, state)])
        {
            Declaration = set is null ? "" : NftText.Of(set),
            Owners = [.. _setOwners[id]],
        };
    }

    private IEnumerable<ListedRule> Elements(NftSet set, bool isWanted, ListedState state)
    {
        var plan = isWanted ? plans.FirstOrDefault(plan => plan.HasContent(set.Id)) : null;
        var wanted = plan?.Elements(set.Id).ToDictionary(element => element.Key, element => element.Data) ?? [];
        var there = reading.Image.Sets.TryGetValue(set.Id, out var known) && set.Equals(known.Set) ? known.Elements : [];
        foreach (var key in wanted.Keys.Union(there.Keys).Order(NftValue.InOrder))
        {
            var (isDesired, has) = (wanted.TryGetValue(key, out var desired), there.TryGetValue(key, out var data));
            var isKept = isDesired && has && desired == data;
            if (isDesired)
            {
                yield return Reasoned(new ListedRule(NftText.Of(set, key, desired), isKept ? ListedState.Kept : ListedState.Missing) { Count = isKept ? CountOf(set, key) : null }, plan!, set, key);
            }

            if (has && !isKept)
            {
                yield return new ListedRule(NftText.Of(set, key, data), state == ListedState.Foreign ? ListedState.Foreign : ListedState.Unexpected) { Count = CountOf(set, key) };
            }
        }
    }

    private ListedRule Reasoned(ListedRule element, NftPlan plan, NftSet set, NftValue key)
    {
        if (plan.OwnerOf(set.Id, key) is not { } owner)
        {
            return element;
        }

        var reason = ElementReasons.Of(_policies.GetValueOrDefault(owner), set, key);
        var why = reason?.Why ?? (_classes.ContainsKey(owner) ? "what the instances of the class receive" : null);
        return element with { Why = why, GroupRule = reason?.GroupRule, Owners = Instances([owner]) };
    }

    private RuleCount? CountOf(NftSet set, NftValue key) => set.Counter && reading.Elements.TryGetValue((set.Id, key), out var count) ? count : null;

    private IReadOnlyList<string> Instances(IEnumerable<string> keys) => [.. keys.SelectMany(key => _classes.TryGetValue(key, out var instances) ? instances : [key])];

    private static ListedState Stray(NftId id) => Layouts.Any(layout => layout.Owns(id) || layout.IsShared(id)) ? ListedState.Unexpected : ListedState.Foreign;

    private static ListedTable TableOf(NftId id) => new(ListedProgram.Nftables, NftText.Of(id.Table.Family), id.Table.Name);
}
