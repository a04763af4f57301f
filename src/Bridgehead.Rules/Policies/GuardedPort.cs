using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>nova-compute: a port and the only addresses that may come out of it.</summary>
public sealed record GuardedPort(DeviceName Tap, MacAddress Mac, IReadOnlyList<IPAddress> Addresses) : Policy(KeyOf(Tap))
{
    public static string KeyOf(DeviceName tap) => $"port/{tap}";
}
