using Bridgehead.Netlink;

namespace Bridgehead.Kernel.Tests.Netlink;

/// <summary>An empty nf_tables, one connection to it, and Debian's nft as the oracle.</summary>
public abstract class NftFixture : IDisposable
{
    protected static readonly NftTable Table = new(NftFamily.Ip, "t");

    protected NftFixture() => World.Run("nft flush ruleset");

    protected Nftables Nft { get; } = new();

    protected BatchWriter Batch { get; } = new();

    public void Dispose()
    {
        Batch.Dispose();
        Nft.Dispose();
        World.Run("nft flush ruleset");
        GC.SuppressFinalize(this);
    }

    protected static void Load(string text) => World.Run($"nft -f - <<'END'\n{text}\nEND");

    protected static string Listing() => World.Run("nft list ruleset");

    /// <summary>Commits what was written, which must succeed, and begins anew.</summary>
    protected CommitResult Commit()
    {
        var result = Nft.Commit(Batch);
        Batch.Clear();
        return result.IsCommitted ? result : throw new InvalidOperationException(result.ToString());
    }

    /// <summary>What the text and the batch make must be listed alike, to the byte.</summary>
    protected void MustEqual(string text)
    {
        Load(text);
        var wanted = Listing();
        World.Run("nft flush ruleset");
        Commit();
        Xunit.Assert.Equal(wanted, Listing());
    }
}
