using AwesomeAssertions;
using Bridgehead.Rules.Iptables;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.FakeHost;

/// <summary>The model refuses what iptables-restore 1.8.9 was seen to refuse, in both of its variants, and takes what it takes.</summary>
public sealed class IptablesModelTests
{
    private const string Start = "*filter\n:INPUT ACCEPT [7:420]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:a - [0:0]\n:b - [0:0]\n[5:300] -A INPUT -j a\n[1:60] -A a -j b\nCOMMIT\n";
    private readonly IptablesModel _model = IptablesModel.Load(IpFamily.V4, Start);

    [Theory]
    [InlineData("-A nochain -j ACCEPT")]
    [InlineData("-A a -j nochain")]
    [InlineData("-D a -j DROP")]
    [InlineData("-X a")]
    [InlineData("-F b\n-X b")]
    [InlineData("-N a")]
    [InlineData("-X none")]
    [InlineData("-F none")]
    [InlineData("-I a 9 -j ACCEPT")]
    [InlineData(":this-name-is-29-characters-xx - [0:0]")]
    [InlineData("-A a -s 10.0.0.5/24 -j ACCEPT")]
    [InlineData("-A a -s fd00::1/128 -j ACCEPT")]
    [InlineData("-A a -j DNAT --to-destination 10.0.0.1")]
    [InlineData("-A a -p icmpv6 -j ACCEPT")]
    [InlineData("-A a -p tcp -m tcp --dport 65536 -j ACCEPT")]
    [InlineData("-A a -p tcp -m multiport --dports 9:5 -j ACCEPT")]
    [InlineData("-Z a")]
    public void A_refused_line_undoes_its_table(string line)
    {
        _model.Invoking(model => model.Restore($"*filter\n-A a -j ACCEPT\n{line}\nCOMMIT\n")).Should().Throw<IptablesRefusedException>();
        _model.Save(counters: true).Should().Be(Counted(Start));
    }

    [Theory]
    [InlineData("*filter\n-A a -j ACCEPT\n")]
    [InlineData("*bogus\nCOMMIT\n")]
    [InlineData("-A a -j ACCEPT\nCOMMIT\n")]
    public void A_text_without_table_or_COMMIT_is_refused(string text)
    {
        _model.Invoking(model => model.Restore(text)).Should().Throw<IptablesRefusedException>();
        _model.Save(counters: true).Should().Be(Counted(Start));
    }

    [Fact]
    public void A_table_stays_when_the_next_is_refused()
    {
        _model.Invoking(model => model.Restore("*filter\n-A b -j ACCEPT\nCOMMIT\n*nat\n-A none -j ACCEPT\nCOMMIT\n")).Should().Throw<IptablesRefusedException>();
        _model.Chain("filter", "b").Should().Equal("-j ACCEPT");
    }

    [Theory]
    [InlineData(":a - [0:0]", "a", "")]
    [InlineData("-I a 2 -j DROP", "a", "-j b|-j DROP")]
    [InlineData("-I a -j DROP", "a", "-j DROP|-j b")]
    [InlineData("-D a 1", "a", "")]
    [InlineData("-D a -j b\n-X b", "a", "")]
    [InlineData("-N c\n-A c -j a\n-A c -m comment --comment \"x -j nowhere\" -j RETURN", "c", "-j a|-m comment --comment \"x -j nowhere\" -j RETURN")]
    public void Commands_do_what_they_say(string lines, string chain, string rules)
    {
        _model.Restore($"*filter\n{lines}\nCOMMIT\n");
        string.Join('|', _model.Chain("filter", chain)!).Should().Be(rules);
    }

    [Fact]
    public void Listings_have_counters_when_asked_for()
    {
        _model.Save(counters: true).Should().Contain("[5:300] -A INPUT -j a\n").And.Contain(":INPUT ACCEPT [7:420]\n");
        _model.Save().Should().Contain("\n-A INPUT -j a\n");
    }

    private static string Counted(string text) => IptablesModel.Load(IpFamily.V4, text).Save(counters: true);
}
