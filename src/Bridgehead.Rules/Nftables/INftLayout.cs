namespace Bridgehead.Rules.Nftables;

/// <summary>A worker's tables: what stands in them whatever the entities are, what is its own, and what policies add. It keeps what it derives from several policies, such as classes.</summary>
public interface INftLayout
{
    IReadOnlyList<NftTable> Tables { get; }

    /// <summary>Sets and chains that every worker of the host makes when they are missing, and the rules in them that never change.</summary>
    IReadOnlyList<NftContribution> Skeleton { get; }

    /// <summary>Whether the content of the set or chain is this worker's: what stands in it and is not wanted goes away.</summary>
    bool HasContent(NftId id);

    /// <summary>Whether the set or chain itself goes away when no entity of this worker's wants it.</summary>
    bool Owns(NftId id);

    /// <summary>Whether the set or chain is one that workers share.</summary>
    bool IsShared(NftId id);

    /// <summary>Whether the shared chain's rules come from policies of this worker's.</summary>
    bool IsChanging(NftId id);

    /// <summary>The contributions that the policy brings, changes or takes away.</summary>
    NftChange Put(Policy policy);

    NftChange Remove(string key);
}

/// <summary>Contributions that come, each in the place of one with its key, and keys of those that go.</summary>
public sealed record NftChange(IReadOnlyList<NftContribution> Put, IReadOnlyList<string> Remove)
{
    public static NftChange None { get; } = new([], []);
}
