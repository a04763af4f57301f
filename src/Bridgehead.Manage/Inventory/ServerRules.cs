using Bridgehead.Rules;
using Bridgehead.Rules.Inventory;
using Bridgehead.Store;

namespace Bridgehead.Manage;

/// <summary>What of the packet filter concerns one server: what it, its groups, networks, ports and floating addresses ask for, and whatever else names its addresses.</summary>
internal sealed class ServerRules
{
    private readonly HashSet<string> _keys;
    private readonly HashSet<string> _words;
    private readonly string _member;

    public ServerRules(CloudView cloud, InstanceDetails server)
    {
        var floating = server.Nics.SelectMany(nic => nic.Floating).Select(floating => floating.Address).ToList();
        Name = server.Instance.DisplayName;
        _keys =
        [
            Policy.InstanceFilter.KeyOf(server.Instance.Id),
            .. server.Groups.Select(group => Policy.GroupRules.KeyOf(group.Id)),
            .. floating.Select(Policy.FloatingNat.KeyOf),
            .. server.Nics.SelectMany(nic => new[]
            {
                Policy.NetworkBridge.KeyOf(nic.Network.Id), Policy.ComputeBridge.KeyOf(nic.Network.Bridge, server.Instance.Id), GuardedPort.KeyOf(nic.Nic.TapName),
            }),
        ];
        _member = $"/{server.Instance.Uuid:D}";
        _words = [.. server.Nics.SelectMany(cloud.AddressesOf).Concat(floating).Select(address => address.ToString()), .. server.Nics.SelectMany(nic => new[] { nic.Nic.TapName.ToString(), nic.Nic.Mac.ToString() })];
    }

    public string Name { get; }

    /// <summary>A chain of its own, or of its groups, as it is; of other chains and of sets what concerns it; null when nothing does.</summary>
    public ListedChain? PartOf(ListedChain chain)
    {
        if (chain.Kind == ListedKind.Chain && chain.Owners.Any(IsIts))
        {
            return chain;
        }

        var rules = chain.Rules.Where(rule => rule.Owners.Any(IsIts) || Names(rule.Text)).ToList();
        return rules.Count == 0 ? null : chain with { Rules = rules };
    }

    private bool IsIts(string key) => _keys.Contains(key) || key.EndsWith(_member, StringComparison.Ordinal);

    /// <summary>Whether one of its addresses, ports or MACs stands in the text as a word.</summary>
    private bool Names(string text)
    {
        foreach (var word in text.Split([' ', '/', '"', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (_words.Contains(word) || (word.LastIndexOf(':') is > 0 and var colon && _words.Contains(word[..colon])))
            {
                return true;
            }
        }

        return false;
    }
}
