using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>What a chain of the tracing table is for.</summary>
public enum MarkerKind
{
    /// <summary>First at its hook.</summary>
    Begin,

    /// <summary>Entered by the packets that were asked for: it puts them under trace.</summary>
    Follow,

    /// <summary>After connection tracking: its jumps say what that knows.</summary>
    State,

    /// <summary>Last at its hook.</summary>
    End,

    /// <summary>A word of <see cref="State"/>.</summary>
    Word,
}

/// <summary>
/// The tracing table's chains: besides putting packets under trace they only mark where a hook begins and ends, since the kernel names the hook of an event nowhere, and tells a packet's
/// addresses only with the first event of a base chain: the last one shows what translations made of it.
/// </summary>
public readonly record struct TraceMarker(MarkerKind Kind, NftHook Hook)
{
    /// <summary>Every tracing table's name begins so; whose it is follows.</summary>
    public const string TablePrefix = "bridgehead_trace_";

    public const string New = "new";
    public const string Established = "established";
    public const string Related = "related";
    public const string Invalid = "invalid";

    /// <summary>The destination of its connection was translated.</summary>
    public const string Translated = "translated";

    public string Chain => $"{Kind.ToString().ToLowerInvariant()}_{Hook.ToString().ToLowerInvariant()}";

    public static string TableOf(uint owner) => $"{TablePrefix}{owner}";

    /// <summary>A table of this program, running now or beside it.</summary>
    public static bool IsTable(string table) => table.StartsWith(TablePrefix, StringComparison.Ordinal);

    public static TraceMarker Of(string chain)
    {
        var parts = chain.Split('_');
        return parts.Length == 2 && Enum.TryParse<MarkerKind>(parts[0], ignoreCase: true, out var kind) && Enum.TryParse<NftHook>(parts[1], ignoreCase: true, out var hook)
            ? new TraceMarker(kind, hook)
            : new TraceMarker(MarkerKind.Word, default);
    }
}
