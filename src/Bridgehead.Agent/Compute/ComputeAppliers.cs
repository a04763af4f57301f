using Bridgehead.Host;
using Bridgehead.Instances;
using Bridgehead.Rules;

namespace Bridgehead.Agent;

/// <summary>What nova-compute works on its host with.</summary>
public sealed record ComputeAppliers(IFirewall Firewall, PortGuard Guard, IHostFiles Files, Links Links, Sysctls Sysctls, IInstanceDriver Driver);
