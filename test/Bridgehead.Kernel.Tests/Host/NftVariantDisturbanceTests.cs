using AwesomeAssertions;
using Bridgehead.Host;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>Which commits of others have a worker read iptables' rules again.</summary>
public sealed class NftVariantDisturbanceTests : IDisposable
{
    private readonly NftVariantDisturbance _disturbance;

    public NftVariantDisturbanceTests()
    {
        World.Run("iptables-nft -N nova-compute-local; iptables-nft -N elsewhere; nft add table bridge elsewhere");
        _disturbance = new NftVariantDisturbance("nova-compute");
    }

    public void Dispose()
    {
        _disturbance.Dispose();
        World.Run("nft delete table bridge elsewhere; iptables-nft -F; iptables-nft -X");
    }

    [Fact]
    public void Tables_and_chains_of_others_may_change_while_we_commit()
    {
        World.Run("nft add chain bridge elsewhere one; iptables-nft -A elsewhere -s 192.0.2.1 -j ACCEPT");
        Ours();
        World.Run("nft add chain bridge elsewhere two; iptables-nft -A elsewhere -s 192.0.2.2 -j ACCEPT");
        _disturbance.Own(1);
        _disturbance.Take().Should().BeFalse();
    }

    [Fact]
    public void A_chain_of_ours_that_others_change_while_we_commit_is_looked_at()
    {
        Ours();
        World.Run("iptables-nft -A nova-compute-local -s 192.0.2.2 -j ACCEPT");
        _disturbance.Own(1);
        _disturbance.Take().Should().BeTrue();
        _disturbance.Take().Should().BeFalse("it has been looked at");
    }

    [Fact]
    public void A_chain_of_ours_that_others_change_at_any_other_time_is_looked_at()
    {
        Ours();
        _disturbance.Own(1);
        World.Run("iptables-nft -F nova-compute-local");
        _disturbance.Take().Should().BeTrue();
    }

    private static void Ours() => World.Run("iptables-nft -A nova-compute-local -s 192.0.2.9 -j ACCEPT");
}
