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

    private CloudView(NovaSettings settings, List<Network> networks, List<InstanceDetails> servers, List<FloatingIp> floating, (List<Project> Projects, List<SecurityGroup> Groups, List<SecurityGroupRule> Rules) rest)
    {
        (_settings, Networks, _servers, _floating) = (settings, networks, servers, floating);
        _projects = rest.Projects.ToDictionary(project => project.Id, project => project.Name);
        _groups = rest.Groups.ToDictionary(group => group.Id);
        _rules = rest.Rules.ToDictionary(rule => rule.Id);
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
                (await session.Identities.ProjectsAsync(cancel), await session.SecurityGroups.ListAsync(null, cancel), await session.SecurityGroups.RulesOfProjectAsync(null, cancel)));
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
    public (InstanceDetails Server, NicDetails Nic)? At(IPAddress address)
    {
        foreach (var server in _servers)
        {
            if (server.Nics.FirstOrDefault(nic => AddressesOf(nic).Contains(address)) is { } nic)
            {
                return (server, nic);
            }
        }

        return null;
    }

    public (InstanceDetails Server, NicDetails Nic)? AtPort(string port)
    {
        foreach (var server in _servers)
        {
            if (server.Nics.FirstOrDefault(nic => nic.Nic.TapName.ToString() == port) is { } nic)
            {
                return (server, nic);
            }
        }

        return null;
    }

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

        return Floating(address) is { } floating ? $"floating address of {(floating.InstanceUuid is { } uuid && _servers.Find(s => s.Instance.Uuid == uuid) is { } owner ? $"server {owner.Instance.DisplayName}" : "nobody")}" : null;
    }

    /// <summary>Why the step's rule exists: the security group's rule in full where it comes from one, and servers by their names.</summary>
    public string? WhyOf(TraceStep step) => step.GroupRule is { } rule && RuleText(rule) is { } text ? text : step.Why is { } why ? Named(why) : null;

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

    private string Named(string why)
    {
        const string Instance = "instance ";
        const int GuidLength = 36;
        var at = why.LastIndexOf(Instance, StringComparison.Ordinal) + Instance.Length;
        return at >= Instance.Length && why.Length >= at + GuidLength && Guid.TryParse(why[at..(at + GuidLength)], out var uuid) && _servers.Find(server => server.Instance.Uuid == uuid) is { } known
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
