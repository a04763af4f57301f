namespace Bridgehead.Model;

/// <summary>What kind of entity a <see cref="Change"/> speaks of.</summary>
public static class ChangeKind
{
    /// <summary>Key: network id.</summary>
    public const string Network = "network";

    /// <summary>Key: instance uuid. Also sent when its addresses, interfaces or groups change.</summary>
    public const string Instance = "instance";

    /// <summary>Key: the address.</summary>
    public const string FloatingIp = "floating_ip";

    /// <summary>Key: group id. Sent when its rules change.</summary>
    public const string SecurityGroup = "security_group";

    /// <summary>Key: group id, slash, instance uuid. Sent for groups that are the source of a rule, when the instance joins or leaves, or its addresses change.</summary>
    public const string GroupMember = "group_member";

    /// <summary>Key: instance uuid. Somebody waits for a copy of its console.</summary>
    public const string Console = "console";

    /// <summary>Key: image id. The instance's host is asked to write a copy of its disk into the image.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>Key: instance uuid. Somebody waits for what it uses of its host.</summary>
    public const string Diagnostics = "diagnostics";

    /// <summary>Key: project id.</summary>
    public const string DnsEntry = "dns";
}

/// <summary>A hint that an entity changed: look at it again. <see cref="Host"/> is set when only that host can care.</summary>
public readonly record struct Change(string Kind, string Key, string? Host);
