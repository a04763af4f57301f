using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Xunit;

namespace Bridgehead.Pure.Tests.FakeHost;

/// <summary>What the port guard sends to nft; the kernel's answers are the test's.</summary>
public sealed class PortGuardTests
{
    private static readonly GuardedPort One = new(DeviceName.Parse("tap1"), MacAddress.ForInstance(1), [Ip.Parse("10.10.10.2")]);
    private static readonly GuardedPort Two = new(DeviceName.Parse("tap2"), MacAddress.ForInstance(2), [Ip.Parse("10.10.10.3")]);
    private readonly Testing.FakeHost _host = new();
    private readonly PortGuard _guard;

    public PortGuardTests() => _guard = new PortGuard(_host, ipv6: false);

    [Fact]
    public async Task A_start_writes_the_whole_table_and_a_port_only_its_elements()
    {
        await _guard.StartAsync([One], default);
        await _guard.PutAsync([Two], default);
        _host.Commands.Select(command => command.Input).Should().Equal(PortGuardText.Whole([One], false), PortGuardText.Put(Two));
    }

    [Fact]
    public async Task The_same_port_again_sends_nothing()
    {
        await _guard.StartAsync([One], default);
        await _guard.PutAsync([One with { Addresses = [Ip.Parse("10.10.10.2")] }], default);
        await _guard.RemoveAsync([Two.Tap], default);
        _host.Commands.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_port_that_changed_loses_its_old_addresses_in_the_same_transaction()
    {
        await _guard.StartAsync([One], default);
        var moved = One with { Addresses = [Ip.Parse("10.10.10.9")] };
        await _guard.PutAsync([moved], default);
        _host.Commands[1].Input.Should().Be(
            "delete element bridge bridgehead_l2 src_ok { \"tap1\" . fa:16:3e:00:00:01 . 10.10.10.2 }\n" +
            "add element bridge bridgehead_l2 src_ok { \"tap1\" . fa:16:3e:00:00:01 . 10.10.10.9 }\n");
    }

    [Fact]
    public async Task A_table_that_somebody_flushed_is_written_anew_with_all_ports()
    {
        await _guard.StartAsync([One], default);
        _host.Refuses = (number, _) => number == 1;
        await _guard.PutAsync([Two], default);
        _host.Commands[2].Input.Should().Be(PortGuardText.Whole([One, Two], false));
        await _guard.RemoveAsync([One.Tap], default);
        _host.Commands[3].Input.Should().Be(PortGuardText.Remove(One));
    }

    [Fact]
    public async Task A_change_that_failed_is_in_the_next()
    {
        await _guard.StartAsync([One], default);
        _host.Refuses = (number, _) => number is 1 or 2;
        await FluentActions.Awaiting(() => _guard.PutAsync([Two], default)).Should().ThrowAsync<CommandFailedException>();
        await _guard.PutAsync([Two], default);
        _host.Commands[^1].Input.Should().Be(PortGuardText.Whole([One, Two], false));
    }

    [Fact]
    public async Task Before_the_start_no_port_is_put() => await FluentActions.Awaiting(() => _guard.PutAsync([One], default)).Should().ThrowAsync<InvalidOperationException>();
}
