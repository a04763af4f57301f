using Bridgehead.Model;

namespace Bridgehead.Rules.Nftables;

/// <summary>Everything that any worker of a host may have in tables of ours, for who takes it all away: nothing is wanted.</summary>
public sealed class WholeLayout : INftLayout
{
    private readonly INftLayout[] _parts = [new NetworkLayout(RuleProfile.Ocata), new ComputeLayout(ipv6: true), new GuardLayout(ipv6: true)];

    public IReadOnlyList<NftTable> Tables => [.. _parts.SelectMany(part => part.Tables).Distinct()];

    public IReadOnlyList<NftContribution> Skeleton => [];

    public bool HasContent(NftId id) => Owns(id);

    /// <summary>With the last worker goes what they shared.</summary>
    public bool Owns(NftId id) => _parts.Any(part => part.Owns(id) || part.IsShared(id));

    public bool IsShared(NftId id) => false;

    public bool IsChanging(NftId id) => false;

    public NftChange Put(Policy policy) => throw new NotSupportedException("nothing is wanted");

    public NftChange Remove(string key) => throw new NotSupportedException("nothing is wanted");
}
