using System.Globalization;
using System.Text;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Testing;

/// <summary>
/// nf_tables without a kernel: tables, sets, chains and rules, with the kernel's laws. A transaction that breaks one changes nothing: a jump or look-up leads to what exists, what is used
/// is not deleted, what is deleted was there, a key has one value, and a range begins and ends outside of all others.
/// </summary>
public sealed class NftModel
{
    private NftImage _image = new();
    private Dictionary<NftId, List<(ulong Handle, NftRule Rule)>> _rules = [];
    private ulong _lastHandle;

    /// <summary>A rule as this model tells it from others.</summary>
    public static string PrintOf(NftFamily family, NftRule rule) => $"{family} {rule.Text} # {rule.Why}";

    /// <summary>Carries the operations out, or throws and changes nothing. Returns the handles of the rules that it added.</summary>
    public IReadOnlyList<ulong> Commit(IReadOnlyList<NftOperation> operations)
    {
        var (image, rules) = (Copy(_image), _rules.ToDictionary(chain => chain.Key, chain => chain.Value.ToList()));
        var handles = new List<ulong>();
        foreach (var operation in operations)
        {
            try
            {
                Apply(operation, image, rules, handles);
            }
            catch (Exception problem) when (problem is KeyNotFoundException or ArgumentException)
            {
                throw new InvalidOperationException($"the kernel refuses {operation}: {problem.Message}", problem);
            }
        }

        (_image, _rules) = (image, rules);
        return handles;
    }

    /// <summary>What a dump shows.</summary>
    public NftImage Read()
    {
        var image = Copy(_image);
        foreach (var (chain, rules) in _rules)
        {
            image.Chains[chain].Rules.AddRange(rules.Select(rule => new NftObservedRule(PrintOf(chain.Table.Family, rule.Rule), rule.Handle)));
        }

        return image;
    }

    /// <summary>Everything, in an order that does not depend on history, in nft's words.</summary>
    public string List()
    {
        var text = new StringBuilder();
        foreach (var table in _image.Tables.OrderBy(table => table.ToString(), StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"table {table} {{\n");
            foreach (var (id, (set, elements)) in _image.Sets.Where(set => set.Key.Table == table).OrderBy(set => set.Key.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {(set!.Data is null ? "set" : "map")} {id.Name} {{ {NftText.Of(set)}; }}\n");
                text.AppendJoin("", elements.Select(element => $"    {NftText.Of(set, element.Key, element.Value)}\n").Order(StringComparer.Ordinal));
            }

            foreach (var (id, (chain, _)) in _image.Chains.Where(chain => chain.Key.Table == table).OrderBy(chain => chain.Key.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"  chain {id.Name}{(chain!.Base is { } hook ? $" {{ {NftText.Of(hook)}; }}" : "")}\n");
                text.AppendJoin("", _rules[id].Select(rule => $"    {rule.Rule.Text}  # {rule.Rule.Why}\n"));
            }

            text.Append("}\n");
        }

        return text.ToString();
    }

    private void Apply(NftOperation operation, NftImage image, Dictionary<NftId, List<(ulong Handle, NftRule Rule)>> rules, List<ulong> handles)
    {
        switch (operation)
        {
            case NftOperation.AddTable add:
                image.Tables.Add(add.Table);
                break;
            case NftOperation.DeleteTable delete:
                Require(image.Tables.Contains(delete.Table), "no such table");
                image.Apply(delete);
                rules.Keys.Where(chain => chain.Table == delete.Table).ToList().ForEach(chain => rules.Remove(chain));
                break;
            case NftOperation.AddSet add:
                Require(image.Tables.Contains(add.Set.Id.Table), "no such table");
                image.Sets.Add(add.Set.Id, (add.Set, []));
                break;
            case NftOperation.DeleteSet delete:
                Require(!rules.Where(chain => chain.Key.Table == delete.Set.Table).SelectMany(chain => chain.Value).Any(rule => Sets(rule.Rule).Contains(delete.Set.Name)), "a rule looks into it");
                Require(image.Sets.Remove(delete.Set), "no such set");
                break;
            case NftOperation.AddChain add:
                Require(image.Tables.Contains(add.Chain.Id.Table), "no such table");
                image.Chains.Add(add.Chain.Id, (add.Chain, []));
                rules.Add(add.Chain.Id, []);
                break;
            case NftOperation.DeleteChain delete:
                Require(rules[delete.Chain].Count == 0 && !IsReached(delete.Chain, image, rules), "it is in use");
                Require(image.Chains.Remove(delete.Chain) && rules.Remove(delete.Chain), "no such chain");
                break;
            case NftOperation.AddElements or NftOperation.DeleteElements:
                ApplyElements(operation, image);
                break;
            default:
                ApplyRule(operation, image, rules, handles);
                break;
        }
    }

    private static void ApplyElements(NftOperation operation, NftImage image)
    {
        if (operation is NftOperation.AddElements add)
        {
            foreach (var (key, data) in add.Elements)
            {
                Require(key.Span.Length == add.Set.Key.Sum(NftValue.SizeOf) && key.IsRange == add.Set.Interval, "a key of another type");
                Require(!key.IsRange || !image.Sets[add.Set.Id].Elements.Keys.Any(range => range.Covers(add.Set.Key, key.Span) || range.Covers(add.Set.Key, key.Last)), "another range holds an end of it");
                Require(data.Goto is null || image.Chains.ContainsKey(add.Set.Id with { Name = data.Goto }), "it leads nowhere");
                image.Sets[add.Set.Id].Elements.Add(key, data);
            }
        }
        else if (operation is NftOperation.DeleteElements delete)
        {
            foreach (var (key, _) in delete.Elements)
            {
                Require(image.Sets[delete.Set.Id].Elements.Remove(key), "no such element");
            }
        }
    }

    private void ApplyRule(NftOperation operation, NftImage image, Dictionary<NftId, List<(ulong Handle, NftRule Rule)>> rules, List<ulong> handles)
    {
        switch (operation)
        {
            case NftOperation.AddRule add:
                Require(Chains(add.Rule).All(chain => image.Chains.ContainsKey(add.Chain with { Name = chain })), "it leads nowhere");
                Require(Sets(add.Rule).All(set => image.Sets.ContainsKey(add.Chain with { Name = set })), "it looks into no set");
                rules[add.Chain].Add((++_lastHandle, add.Rule));
                handles.Add(_lastHandle);
                break;
            case NftOperation.DeleteRule delete:
                Require(rules[delete.Chain].RemoveAll(rule => rule.Handle == delete.Handle) == 1, "no such rule");
                break;
            case NftOperation.FlushChain flush:
                rules[flush.Chain].Clear();
                break;
            default:
                throw new NotSupportedException($"{operation}");
        }
    }

    private static bool IsReached(NftId chain, NftImage image, Dictionary<NftId, List<(ulong Handle, NftRule Rule)>> rules) =>
        rules.Where(other => other.Key.Table == chain.Table).SelectMany(other => other.Value).Any(rule => Chains(rule.Rule).Contains(chain.Name))
        || image.Sets.Where(set => set.Key.Table == chain.Table).SelectMany(set => set.Value.Elements.Values).Any(data => data.Goto == chain.Name);

    private static IEnumerable<string> Chains(NftRule rule) => rule.Expressions.Select(expression => expression switch
    {
        NftExpression.Jump jump => jump.Chain,
        NftExpression.Goto jump => jump.Chain,
        _ => null,
    }).OfType<string>();

    private static IEnumerable<string> Sets(NftRule rule) => rule.Expressions.Select(expression => expression switch
    {
        NftExpression.InSet set => set.Set,
        NftExpression.MarkFromMap map => map.Map,
        NftExpression.VerdictFromMap map => map.Map,
        NftExpression.DnatFromMap map => map.Map,
        NftExpression.SnatFromMap map => map.Map,
        _ => null,
    }).OfType<string>();

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise, nameof(holds));
        }
    }

    private static NftImage Copy(NftImage image)
    {
        var copy = new NftImage();
        copy.Tables.UnionWith(image.Tables);
        foreach (var (id, (set, elements)) in image.Sets)
        {
            copy.Sets.Add(id, (set, new Dictionary<NftValue, NftData>(elements)));
        }

        foreach (var (id, (chain, _)) in image.Chains)
        {
            copy.Chains.Add(id, (chain, []));
        }

        return copy;
    }
}
