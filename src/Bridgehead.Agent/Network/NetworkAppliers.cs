using Bridgehead.Host;
using Bridgehead.Rules;

namespace Bridgehead.Agent;

/// <summary>What nova-network works on its host with.</summary>
public sealed record NetworkAppliers(IFirewall Firewall, IHostFiles Files, Links Links, Sysctls Sysctls, DnsmasqService Dhcp, Conntrack Conntrack, AddressJournal Floating, AddressJournal Gateways, AddressJournal Services);
