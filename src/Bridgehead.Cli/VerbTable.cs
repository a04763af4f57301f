namespace Bridgehead.Cli;

/// <summary>All commands, by family.</summary>
internal static class VerbTable
{
    public static IReadOnlyList<Verb> All { get; } =
    [
        .. BootCommand.Verbs,
        .. ServerCommands.Verbs,
        .. ServerListCommand.Verbs,
        .. ServerActionCommands.Verbs,
        .. ServerAddressCommands.Verbs,
        .. FloatingIpCommands.Verbs,
        .. FloatingIpBulkCommands.Verbs,
        .. DnsCommands.Verbs,
        .. SecurityGroupCommands.Verbs,
        .. SecurityRuleCommands.Verbs,
        .. DefaultRuleCommands.Verbs,
        .. KeypairCommands.Verbs,
        .. FlavorCommands.Verbs,
        .. ImageCommands.Verbs,
        .. NetworkCommands.Verbs,
        .. NetworkCreateCommand.Verbs,
        .. TenantNetworkCommands.Verbs,
        .. FixedIpCommands.Verbs,
        .. ServiceCommands.Verbs,
        .. HypervisorCommands.Verbs,
        .. AvailabilityZoneCommand.Verbs,
        .. LimitCommands.Verbs,
        .. QuotaCommands.Verbs,
        .. CloudpipeCommands.Verbs,
        .. IdentityCommands.Verbs,
        .. HelpCommands.Verbs,
    ];

    public static Verb? Find(string name) => All.FirstOrDefault(verb => verb.Name == name || verb.Aliases.Contains(name, StringComparer.Ordinal));

    /// <summary>Commands that look like what was typed.</summary>
    public static string Hint(string typed)
    {
        var near = All.Select(verb => verb.Name).Where(name => name.Contains(typed, StringComparison.Ordinal) || Distance(name, typed) <= 2).Order(StringComparer.Ordinal).Take(5).ToList();
        return near.Count == 0 ? "" : $" (did you mean {string.Join(", ", near)}?)";
    }

    /// <summary>How many letters must be added, dropped or changed.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        foreach (var (letter, i) in one.Select((letter, i) => (letter, i)))
        {
            var corner = row[0];
            row[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                var changed = corner + (letter == other[j] ? 0 : 1);
                corner = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(row[j], corner) + 1);
            }
        }

        return row[^1];
    }
}
