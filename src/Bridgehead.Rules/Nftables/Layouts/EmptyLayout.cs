namespace Bridgehead.Rules.Nftables;

/// <summary>nova-api's part of the tables: none. Its rule accepts what comes to the host, and a table of our own takes nothing away there.</summary>
public sealed class EmptyLayout : INftLayout
{
    public IReadOnlyList<NftTable> Tables => [];

    public IReadOnlyList<NftContribution> Skeleton => [];

    public bool HasContent(NftId id) => false;

    public bool Owns(NftId id) => false;

    public bool IsShared(NftId id) => false;

    public bool IsChanging(NftId id) => false;

    public NftChange Put(Policy policy) => NftChange.None;

    public NftChange Remove(string key) => NftChange.None;
}
