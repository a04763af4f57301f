using System.Diagnostics;
using AwesomeAssertions;
using Bridgehead.Host;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>Settings, locks and look-ups of a real host.</summary>
public sealed class HostStateTests : IDisposable
{
    private const string Settings = "net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables";
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-host-");

    public void Dispose()
    {
        World.Run($"for s in {Settings}; do sysctl -q -w $s=0; done");
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Forwarding_and_the_filter_of_bridged_packets_are_switched_on_in_this_namespace()
    {
        World.Run($"for s in {Settings}; do sysctl -q -w $s=0; done");
        await new Sysctls(new HostFiles(TimeProvider.System)).EnsureForwardingAsync(false, Never);
        await new Sysctls(new HostFiles(TimeProvider.System)).EnsureBridgeFilterAsync(false, Never);
        World.Run($"sysctl -n {Settings}").Should().Be("1\n0\n1\n0\n");
        await new Sysctls(new HostFiles(TimeProvider.System)).EnsureForwardingAsync(true, Never);
        await new Sysctls(new HostFiles(TimeProvider.System)).EnsureBridgeFilterAsync(true, Never);
        World.Run($"sysctl -n {Settings}").Should().Be("1\n1\n1\n1\n");
    }

    [Fact]
    public async Task A_lock_of_a_process_that_is_killed_is_free()
    {
        var path = Path.Combine(_folder.FullName, "lock");
        using var holder = Process.Start("bash", ["-c", $"exec 9>{path}; flock 9; exec sleep 100"]);
        await World.UntilAsync(() => Task.FromResult(World.Try($"flock -n {path} true").ExitCode != 0 ? null : "nobody holds the lock"));
        var wanted = FileLock.TakeAsync(path, TimeProvider.System, Never);
        await Task.Delay(50, Never);
        wanted.IsCompleted.Should().BeFalse();
        holder.Kill();
        using var taken = await wanted.WaitAsync(TimeSpan.FromSeconds(5), Never);
        World.Try($"flock -n {path} true").ExitCode.Should().NotBe(0);
    }

    [Fact]
    public void An_interface_that_is_not_there_is_named_with_those_that_are()
    {
        HostChecks.Interface("public_interface", "lo").Should().BeEmpty();
        HostChecks.Interface("flat_interface", null).Should().BeEmpty();
        HostChecks.Interface("flat_interface", "eth7").Should().ContainSingle().Which.Should().StartWith("flat_interface is 'eth7', but this host has no such interface: it has lo");
        HostChecks.Permission().Should().BeEmpty("the tests run as root");
    }

    [Fact]
    public void Programs_are_found_as_a_shell_finds_them()
    {
        ProgramPath.Find("bash").Should().Be(World.Run("type -P bash").Trim());
        ProgramPath.Find("dnsmasq").Should().Be(World.Run("PATH=$PATH:/usr/sbin type -P dnsmasq").Trim());
        ProgramPath.Find("no-such-program").Should().BeNull();
        ProgramPath.Missing(["bash", "no-such-program"]).Should().Equal("no-such-program is not installed: install it");
        var before = Environment.GetEnvironmentVariable("PATH");
        ProgramPath.AddSystemFolders();
        Environment.GetEnvironmentVariable("PATH").Should().Be(before, "the folders are there already");
    }
}
