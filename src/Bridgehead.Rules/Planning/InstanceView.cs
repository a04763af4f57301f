using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>A NIC with the network it is on and the fixed IPv4 addresses it has, in the order in which they were given.</summary>
public sealed record NicView(VirtualInterface Nic, Network Network, IReadOnlyList<IPAddress> Addresses);

/// <summary>A security group with its rules.</summary>
public sealed record GroupView(SecurityGroup Group, IReadOnlyList<SecurityGroupRule> Rules);

/// <summary>A live instance that is a member of a group, as a source of traffic.</summary>
public sealed record MemberView(long GroupId, string GroupName, Guid Instance, IReadOnlyList<NicView> Nics);

/// <summary>An instance with its interfaces and the groups it is in.</summary>
public sealed record InstanceView(Instance Instance, IReadOnlyList<NicView> Nics, IReadOnlyList<long> Groups);
