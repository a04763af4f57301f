using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Host;

/// <summary>Takes workers' chains out of iptables, and what workers share when no other one uses it.</summary>
public sealed class IptablesRemoval(IptablesPrograms programs, IHostFiles files, string lockFile, IReadOnlyCollection<string> workers) : IRetirement
{
    public async Task<bool> RetireAsync(CancellationToken cancel)
    {
        var some = false;
        foreach (var family in Enum.GetValues<IpFamily>())
        {
            using var held = await files.LockAsync(lockFile, cancel);
            var text = Removal.Of(await programs.SaveAsync(family, cancel), workers);
            if (text.Length > 0)
            {
                await programs.RestoreAsync(family, text, cancel);
                some = true;
            }
        }

        return some;
    }

    public async Task<IReadOnlyList<RuleChange>> PreviewRetirementAsync(CancellationToken cancel)
    {
        var changes = new List<RuleChange>();
        foreach (var family in Enum.GetValues<IpFamily>())
        {
            changes.AddRange(Removal.Changes(family, await programs.SaveAsync(family, cancel), workers));
        }

        return changes;
    }
}
