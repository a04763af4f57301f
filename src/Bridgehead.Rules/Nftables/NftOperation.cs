namespace Bridgehead.Rules.Nftables;

/// <summary>One step of a transaction; the cases below are all there are. They are sent in order and take effect together, or not at all.</summary>
public abstract record NftOperation
{
    private NftOperation()
    {
    }

    /// <summary>Nothing happens when it exists.</summary>
    public sealed record AddTable(NftTable Table) : NftOperation;

    /// <summary>With everything in it.</summary>
    public sealed record DeleteTable(NftTable Table) : NftOperation;

    public sealed record AddSet(NftSet Set) : NftOperation;

    public sealed record DeleteSet(NftId Set) : NftOperation;

    public sealed record AddChain(NftChain Chain) : NftOperation;

    public sealed record DeleteChain(NftId Chain) : NftOperation;

    public sealed record AddElements(NftSet Set, IReadOnlyList<(NftValue Key, NftData Data)> Elements) : NftOperation;

    public sealed record DeleteElements(NftSet Set, IReadOnlyList<(NftValue Key, NftData Data)> Elements) : NftOperation;

    /// <summary>Appends it. The kernel's answer has the handle that deletes it.</summary>
    public sealed record AddRule(NftId Chain, NftRule Rule) : NftOperation;

    public sealed record DeleteRule(NftId Chain, ulong Handle) : NftOperation;

    /// <summary>Deletes all rules of the chain.</summary>
    public sealed record FlushChain(NftId Chain) : NftOperation;
}
