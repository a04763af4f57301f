using AwesomeAssertions;
using Bridgehead.Rules;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules;

/// <summary>The book against the plainest one: all contributions, sorted and listed anew each time.</summary>
public sealed class ChainBookLaws
{
    private static readonly Gen<Contribution<int, string>> Any = Gen.Select(
        Gen.Int[0, 6],
        Gen.Int[0, 2],
        Gen.Int[0, 3].Array[0, 2],
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4].Select(n => $"rule {n}").Array[1, 3], (chain, rules) => new ChainRules<int, string>(chain, rules)).Array[0, 3],
        (key, phase, owned, rules) => new Contribution<int, string>($"{key}", new ContributionOrder(phase, (UInt128)(key % 3)), [.. owned.Distinct()], rules));

    [Fact]
    public void After_any_puts_and_removals_a_chain_lists_what_the_contributions_say()
    {
        Gen.Select(Any, Gen.Int[0, 3], Gen.Int[0, 6]).Array[1, 25].Sample(steps =>
        {
            var (book, plain) = (new ChainBook<int, string>(rule => rule), new Dictionary<string, Contribution<int, string>>());
            foreach (var (contribution, what, key) in steps)
            {
                if (what == 0)
                {
                    book.Remove($"{key}");
                    plain.Remove($"{key}");
                }
                else
                {
                    // Sometimes the rules of before in a new contribution, by reference, as an instance's jumps are when its groups change.
                    var next = what == 1 && plain.TryGetValue(contribution.Key, out var before) ? before with { Rules = [.. before.Rules.Select((part, i) => i == 0 ? part with { Rules = ["new"] } : part)] } : contribution;
                    book.Put(next);
                    plain[next.Key] = next;
                }

                Check(book, plain);
            }
        });
    }

    private static void Check(ChainBook<int, string> book, Dictionary<string, Contribution<int, string>> plain)
    {
        var sorted = plain.Values.OrderBy(c => c.Order).ThenBy(c => c.Key, StringComparer.Ordinal).ToList();
        for (var chain = 0; chain < 4; chain++)
        {
            var exists = sorted.Exists(c => c.Owned.Contains(chain));
            var asked = sorted.SelectMany(c => c.Rules.Where(part => part.Chain == chain).SelectMany(part => part.Rules).Select(rule => (rule, c.Key))).ToList();
            book.Lines(chain).Should().Equal(exists ? [.. asked.Select(one => one.rule).Distinct()] : null);
            book.Reading(chain, "rule 1").Count().Should().Be(asked.Count(one => one.rule == "rule 1"));
            book.Asked(chain)?.SelectMany(one => one.Keys.Select(key => (one.Rule, key))).Should().BeEquivalentTo(asked);
        }
    }
}
