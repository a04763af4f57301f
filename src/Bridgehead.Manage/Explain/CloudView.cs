using System.Net;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Tracing;
using Bridgehead.Store;

namespace Bridgehead.Manage;

/// <summary>The cloud's entities that an explanation names, as the store has them.</summary>
internal sealed class CloudView
{
    private readonly NovaSettings _settings;
    private readonly List<InstanceDetails> _servers;
    private readonly List<FloatingIp> _floating;
    private readonly Dictionary<string, string> _projects;
    private readonly Dictionary<long, SecurityGroup> _groups;
    private readonly Dictionary<long, SecurityGroupRule> _rules;
    private readonly Dictionary<Guid, InstanceDetails> _byId;
    private readonly Dictionary<long, InstanceDetails> _byNumber;
    private readonly Dictionary<IPAddress, (InstanceDetails Server, NicDetails Nic)> _byAddress = [];
    private readonly Dictionary<string, (InstanceDetails Server, NicDetails Nic)> _byPort = [];

    private CloudView(NovaSettings settings, List<Network> networks, List<InstanceDetails> servers, List<FloatingIp> floating, (List<Project> Projects, List<SecurityGroup> Groups, List<SecurityGroupRule> Rules) rest)
    {
        (_settings, Networks, _servers, _floating) = (settings, networks, servers, floating);
        _projects = rest.Projects.ToDictionary(project => project.Id, project => project.Name);
        _groups = rest.Groups.ToDictionary(group => group.Id);
        _rules = rest.Rules.ToDictionary(rule => rule.Id);
        _byId = servers.ToDictionary(server => server.Instance.Uuid);
        _byNumber = servers.ToDictionary(server => server.Instance.Id);
        foreach (var (server, nic) in servers.SelectMany(server => server.Nics.Select(nic => (server, nic))))
        {
            _byPort.TryAdd(nic.Nic.TapName.ToString(), (server, nic));
            foreach (var address in AddressesOf(nic))
            {
                _byAddress.TryAdd(address, (server, nic));
            }
        }
    }

    public IReadOnlyList<Network> Networks { get; }

    public static Task<CloudView> ReadAsync(NovaSettings settings, Database store, CancellationToken cancel) => store.ReadAsync(
        async session =>
        {
            var instances = await session.Instances.ListAsync(new Store.InstanceFilter(), null, int.MaxValue, cancel);
            return new CloudView(
                settings,
                await session.Networks.ListAsync(cancel),
                await session.DetailsAsync(instances, cancel),
                await session.FloatingIps.ListAsync(cancel),
                (await session.Identities.ProjectsAsync(new Store.ProjectFilter(), Store.Page.All, cancel), await session.SecurityGroups.ListAsync(null, cancel), await session.SecurityGroups.RulesOfProjectAsync(null, cancel)));
        },
        cancel);

    /// <summary>Ranges behind the host's bridges.</summary>
    public IReadOnlyList<HostBridge> Bridges => [.. Networks.Select(network => new HostBridge(network.Bridge, [.. new[] { network.Cidr, network.CidrV6 }.OfType<IPNetwork>()]))];

    /// <summary>A server by id or name.</summary>
    public Outcome<InstanceDetails> Server(string text)
    {
        var found = Guid.TryParse(text, out var uuid) ? _servers.FindAll(server => server.Instance.Uuid == uuid) : _servers.FindAll(server => server.Instance.DisplayName == text);
        return found.Count switch
        {
            1 => found[0],
            0 => Problem.Bad($"'{text}' is neither an address nor a server."),
            _ => Problem.Bad($"{found.Count} servers are named '{text}': give an id."),
        };
    }

    /// <summary>The server and interface that have the address.</summary>
    public (InstanceDetails Server, NicDetails Nic)? At(IPAddress address) => _byAddress.TryGetValue(address, out var found) ? found : null;

    public (InstanceDetails Server, NicDetails Nic)? AtPort(string port) => _byPort.TryGetValue(port, out var found) ? found : null;

    public IReadOnlyList<IPAddress> AddressesOf(NicDetails nic) =>
        InstancePlanner.AddressesOf(new NicView(nic.Nic, nic.Network, [.. nic.Fixed.Select(f => f.Address)]), _settings);

    /// <summary>All addresses by which it is reached, floating ones too.</summary>
    public IEnumerable<IPAddress> AddressesOf(InstanceDetails server) =>
        server.Nics.SelectMany(AddressesOf).Concat(_floating.Where(floating => floating.InstanceUuid == server.Instance.Uuid).Select(floating => floating.Address));

    public FloatingIp? Floating(IPAddress address) => _floating.Find(floating => floating.Address.Equals(address));

    /// <summary>Who has the address, in words; null when nobody of the cloud.</summary>
    public string? NameOf(IPAddress address)
    {
        if (At(address) is var (server, _))
        {
            return $"server {server.Instance.DisplayName}";
        }

        return Floating(address) is { } floating ? $"floating address of {(floating.InstanceUuid is { } uuid && _byId.GetValueOrDefault(uuid) is { } owner ? $"server {owner.Instance.DisplayName}" : "nobody")}" : null;
    }

    /// <summary>Why the step's rule exists: the security group's rule in full where it comes from one, and servers by their names.</summary>
    public string? WhyOf(TraceStep step) => WhyOf(step.GroupRule, step.Why);

    /// <inheritdoc cref="WhyOf(TraceStep)"/>
    public string? WhyOf(long? groupRule, string? why) => groupRule is { } rule && RuleText(rule) is { } text ? text : why is null ? null : Named(why);

    /// <summary>The server with this number, as policies and chains name it.</summary>
    public InstanceDetails? Numbered(long id) => _byNumber.GetValueOrDefault(id);

    /// <summary>A security group with its project; null when there is none.</summary>
    public string? GroupText(long id) => _groups.TryGetValue(id, out var group) ? $"security group {group.Name}, project {ProjectOf(group.ProjectId)}" : null;

    public string ProjectOf(string id) => _projects.GetValueOrDefault(id, id);

    /// <summary>A security group's rule in words, with its group and project; null when there is none.</summary>
    public string? RuleText(long id)
    {
        if (!_rules.TryGetValue(id, out var rule) || !_groups.TryGetValue(rule.ParentGroupId, out var group))
        {
            return null;
        }

        var source = rule.SourceGroupId is { } from ? $"members of group {_groups.GetValueOrDefault(from)?.Name ?? $"{from}"}" : $"{rule.Cidr ?? Cidr.AnyV4}";
        return $"rule {rule.Id} of security group {group.Name}, project {ProjectOf(group.ProjectId)}: {WhatOf(rule)} from {source}";
    }

    /// <summary>A reason is the planner's, which knows numbers: what they stand for is put in their place, or beside it.</summary>
    private string Named(string why)
    {
        const string Group = "security group ";
        const string Of = " of ";
        var words = why.Split(": ", 2);
        if (why.StartsWith(Group, StringComparison.Ordinal) && long.TryParse(words[0][Group.Length..], out var group) && GroupText(group) is { } text)
        {
            return words.Length > 1 ? $"{text}: {words[1]}" : text;
        }

        if (why.StartsWith("floating address ", StringComparison.Ordinal) && why.IndexOf(Of, StringComparison.Ordinal) is > 0 and var of)
        {
            var rest = why[(of + Of.Length)..];
            var end = rest.IndexOfAny([',', ' ', ':'], 0) is > 0 and var at && !rest[..at].Contains(':', StringComparison.Ordinal) ? at : rest.Length;
            return Ip.TryParse(rest[..end], out var address) && At(address) is var (server, _) ? $"{why[..(of + Of.Length + end)]} (server {server.Instance.DisplayName}){rest[end..]}" : why;
        }

        return WithPort(why) ?? WithNetwork(why) ?? WithServer(why);
    }

    private string? WithPort(string why)
    {
        const string Port = "port ";
        return why.StartsWith(Port, StringComparison.Ordinal) && AtPort(why[Port.Length..].Split(',')[0]) is var (server, _) ? $"server {server.Instance.DisplayName}, {why}" : null;
    }

    private string? WithNetwork(string why)
    {
        const string Of = "network ";
        var end = why.IndexOfAny([':', ' '], Math.Min(Of.Length, why.Length));
        return why.StartsWith(Of, StringComparison.Ordinal) && end > 0 && long.TryParse(why[Of.Length..end], out var id) && Networks.FirstOrDefault(network => network.Id == id) is { } known
            ? $"{Of}{known.Label}{why[end..]}"
            : null;
    }

    private string WithServer(string why)
    {
        const string Instance = "instance ";
        const int GuidLength = 36;
        var at = why.LastIndexOf(Instance, StringComparison.Ordinal) + Instance.Length;
        return at >= Instance.Length && why.Length >= at + GuidLength && Guid.TryParse(why[at..(at + GuidLength)], out var uuid) && _byId.TryGetValue(uuid, out var known)
            ? $"{why[..(at - Instance.Length)]}server {known.Instance.DisplayName}{why[(at + GuidLength)..]}"
            : why;
    }

    private static string WhatOf(SecurityGroupRule rule) => rule.Protocol switch
    {
        null => "anything",
        "icmp" when rule.FromPort is null or -1 => "icmp",
        "icmp" => $"icmp type {rule.FromPort}{(rule.ToPort is null or -1 ? "" : $"/{rule.ToPort}")}",
        var protocol when rule.FromPort == rule.ToPort && rule.FromPort is not null => $"{protocol} {rule.FromPort}",
        var protocol => $"{protocol} {rule.FromPort ?? 1}-{rule.ToPort ?? 65535}",
    };
}
