using AwesomeAssertions;
using Bridgehead.Host;
using Xunit;

namespace Bridgehead.Pure.Tests.Host;

/// <summary>Kernel settings, in a folder that stands for /proc/sys.</summary>
public sealed class SysctlsTests : IDisposable
{
    private const string Forward = "net/ipv4/ip_forward";
    private const string ForwardV6 = "net/ipv6/conf/all/forwarding";
    private const string Filter = "net/bridge/bridge-nf-call-iptables";
    private const string FilterV6 = "net/bridge/bridge-nf-call-ip6tables";
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("bridgehead-sysctl-");
    private readonly Sysctls _sysctls;

    public SysctlsTests()
    {
        _sysctls = new Sysctls(new HostFiles(TimeProvider.System), _root.FullName);
        foreach (var name in new[] { Forward, ForwardV6, Filter, FilterV6 })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FileOf(name))!);
            File.WriteAllText(FileOf(name), "0\n");
        }
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData(false, "1010")]
    [InlineData(true, "1111")]
    public async Task IPv6_is_switched_on_only_where_it_is_used(bool ipv6, string expected)
    {
        await _sysctls.EnsureForwardingAsync(ipv6, default);
        await _sysctls.EnsureBridgeFilterAsync(ipv6, default);
        string.Concat(new[] { Forward, ForwardV6, Filter, FilterV6 }.Select(name => File.ReadAllText(FileOf(name))[0])).Should().Be(expected);
    }

    /// <summary>Writing ip_forward sets other settings of the host back, even when it was on.</summary>
    [Fact]
    public async Task What_is_on_is_not_written()
    {
        await _sysctls.EnsureForwardingAsync(false, default);
        File.SetLastWriteTimeUtc(FileOf(Forward), DateTime.UnixEpoch);
        await _sysctls.EnsureForwardingAsync(false, default);
        File.GetLastWriteTimeUtc(FileOf(Forward)).Should().Be(DateTime.UnixEpoch);
    }

    [Fact]
    public async Task A_kernel_that_does_not_filter_bridged_packets_is_refused()
    {
        Directory.Delete(Path.Combine(_root.FullName, "net/bridge"), recursive: true);
        await FluentActions.Awaiting(() => _sysctls.EnsureBridgeFilterAsync(false, default)).Should().ThrowAsync<CommandFailedException>().WithMessage("*modprobe br_netfilter*");
    }

    private string FileOf(string name) => Path.Combine(_root.FullName, name);
}
