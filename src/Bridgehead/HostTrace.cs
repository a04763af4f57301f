using Bridgehead.Host;
using Bridgehead.Manage;
using Bridgehead.Rules.Tracing;

namespace Bridgehead;

/// <summary>The kernel's trace for nova-manage: what the kernel refuses is a sentence for its user.</summary>
internal sealed class HostTrace : IPacketTrace
{
    private const string LegacyUnseen =
        "This host uses iptables' legacy variant, whose rules the kernel's trace does not tell: only the port guard and the fate of packets are seen. With iptables_variant = nft, or netfilter_backend = nftables, all is.";

    private readonly PacketTrace _trace;

    private HostTrace(PacketTrace trace, bool isBlind) => (_trace, Blind) = (trace, isBlind ? LegacyUnseen : null);

    public string? Blind { get; }

    public int Losses => _trace.Losses;

    public bool RulesChanged
    {
        get => _trace.RulesChanged;
        set => _trace.RulesChanged = value;
    }

    /// <param name="open">Opens the trace.</param>
    /// <param name="isBlind">The host's rules are none of nf_tables.</param>
    public static HostTrace Open(Func<PacketTrace> open, bool isBlind) => new(Try(open), isBlind);

    public IReadOnlyList<PacketWay> Wait() => Try(_trace.Wait);

    public IReadOnlyList<PacketWay> Rest() => _trace.Rest();

    public void Wake() => _trace.Wake();

    public void Dispose() => _trace.Dispose();

    private static T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (FirewallException problem)
        {
            throw new InspectionException(problem.Message, problem);
        }
    }
}
