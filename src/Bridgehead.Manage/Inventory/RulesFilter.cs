using Bridgehead.Model;
using Bridgehead.Rules.Inventory;

namespace Bridgehead.Manage;

/// <summary>Which part of the packet filter somebody asked for.</summary>
internal sealed class RulesFilter
{
    private readonly string? _chain;
    private readonly string? _table;
    private readonly ServerRules? _server;

    private RulesFilter(string? chain, string? table, ServerRules? server, bool all) => (_chain, _table, _server, All) = (chain, table, server, all);

    /// <summary>Other people's rules are wanted too.</summary>
    public bool All { get; }

    public bool OnlyDifferent { get; private init; }

    /// <summary>What was asked for in words, such as "of server web"; empty for everything.</summary>
    public string Words => string.Join(" ", new[] { _table is null ? "" : $"in table {_table}", _chain is null ? "" : $"in {_chain}", _server is null ? "" : $"of server {_server.Name}" }.Where(text => text.Length > 0));

    /// <summary>What a reader should know about the server; null for nothing.</summary>
    public string? Remark { get; private init; }

    public static Outcome<RulesFilter> Of(ManageCall call, CloudView cloud)
    {
        ServerRules? server = null;
        string? remark = null;
        if (call["server"] is { } name)
        {
            if (!cloud.Server(name).Succeeded(out var found, out var problem))
            {
                return name.Length == 0 ? Problem.Bad("--server wants a server's name or id.") : Problem.Bad(problem.Message.Replace("neither an address nor a server", "not a server", StringComparison.Ordinal));
            }

            server = new ServerRules(cloud, found);
            remark = found.Instance.Host == call.Settings.Host ? null
                : $"Server {found.Instance.DisplayName} is {(found.Instance.Host is { } host ? $"on host {host}" : "on no host")}, this is {call.Settings.Host}.";
        }

        return new RulesFilter(call["chain"], call["table"], server, call.Has("all")) { OnlyDifferent = call.Has("diff"), Remark = remark };
    }

    /// <summary>What was asked for. The problem says that there is no such chain or table.</summary>
    public Outcome<Listing> Of(Listing listing)
    {
        List<ListedChain> chains = [.. listing.Chains.Where(IsInTable)];
        if (_table is not null && chains.Count == 0)
        {
            return Problem.Missing($"There is no table '{_table}' in which we, or iptables' users, have rules.");
        }

        chains = [.. chains.Where(chain => _chain is null ? All || IsNear(chain) : IsLike(_chain, chain.Name))];
        if (_chain is not null && chains.Count == 0)
        {
            return Problem.Missing($"There is no chain, set or map '{_chain}'.");
        }

        return listing with { Chains = _server is null ? chains : [.. chains.Select(_server.PartOf).OfType<ListedChain>()] };
    }

    public static Listing Different(Listing listing) => listing with
    {
        Chains = [.. listing.Chains.Where(chain => chain.Differs).Select(chain => chain with { Rules = [.. chain.Rules.Where(rule => ListedChain.IsDifferent(rule.State))] })],
    };

    /// <summary>Ours, or other people's in the middle of ours.</summary>
    private static bool IsNear(ListedChain chain) => chain.State != ListedState.Foreign || chain.Table.Program == ListedProgram.Nftables;

    private bool IsInTable(ListedChain chain) => _table is null || chain.Table.Name == _table || chain.Table.ToString() == _table || $"{chain.Table.Family} {chain.Table.Name}" == _table;

    /// <summary>A pattern's asterisk stands for any letters, or none.</summary>
    private static bool IsLike(string pattern, string name)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return pattern == name;
        }

        if (!name.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            var found = name.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + part.Length;
        }

        return name.Length - at >= parts[^1].Length && name.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
