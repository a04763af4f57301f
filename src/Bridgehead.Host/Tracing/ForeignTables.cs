using Bridgehead.Netlink;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Host;

/// <summary>Other people's tables in nf_tables, in nft's words; without nft, no words are had. What nobody can name is left out: it is shown by its handle.</summary>
public sealed class ForeignTables(ICommandRunner runner)
{
    /// <summary>Tables of iptables that nova has nothing in, and whose text no other reader has.</summary>
    private static readonly string[] Unread = ["raw", "security"];

    /// <param name="tables">By family and name, as in <c>inet firewalld</c>.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<IReadOnlyList<BookChain>> ReadAsync(IEnumerable<string> tables, CancellationToken cancel)
    {
        var chains = new List<BookChain>();
        if (ProgramPath.Find("nft") is null)
        {
            return chains;
        }

        foreach (var words in tables.Concat(OfIptables()).Select(table => table.Split(' ')))
        {
            var result = await runner.RunAsync(new Command("nft", ["--handle", "--stateless", "--terse", "list", "table", .. words]), cancel);
            if (result.ExitCode == 0)
            {
                chains.AddRange(NftListing.Parse(result.Output));
            }
        }

        return chains;
    }

    private static List<string> OfIptables()
    {
        using var kernel = new Nftables();
        var found = new List<string>();
        kernel.ReadTables(NftFamily.Unspecified, view =>
        {
            if (view.Family is NftFamily.Ip or NftFamily.Ip6 && Unread.Contains(view.Name))
            {
                found.Add(new NftTable(view.Family, view.Name).ToString());
            }
        });
        return found;
    }
}
