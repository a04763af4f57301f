using System.Runtime.InteropServices;
using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Host;
using Xunit;

namespace Bridgehead.Pure.Tests.Host;

/// <summary>What is made of the kernel's texts about a machine.</summary>
public sealed class MachineFiguresTests
{
    [Theory]
    [InlineData("6.1.0-13-amd64\n", 6001000)]
    [InlineData("5.10.209", 5010209)]
    [InlineData("6.8", 6008000)]
    [InlineData("4.19.1234+", 4019999)]
    [InlineData("next", 0)]
    public void A_kernels_release_is_one_number(string release, int number) => MachineFigures.KernelOf(release).Should().Be(number);

    [Fact]
    public void Memory_is_in_mebibytes() => MachineFigures.MemoryOf(["MemTotal:       16384512 kB", "MemFree: 1 kB"]).Should().Be(16000);

    [Fact]
    public void Two_sockets_of_two_cores_with_two_threads_are_counted()
    {
        var lines = Enumerable.Range(0, 8).SelectMany(i => new[] { $"processor : {i}", "vendor_id : V", "model name : M: x", $"physical id : {i / 4}", "cpu cores : 2", "flags : b a" });
        MachineFigures.CpuOf(lines, Architecture.X64).Should().Be(
            """{"arch":"x86_64","model":"M: x","vendor":"V","features":["a","b"],"topology":{"sockets":2,"cores":2,"threads":2}}""");
    }

    [Fact]
    public void A_machine_that_tells_little_has_one_of_each() =>
        JsonDocument.Parse(MachineFigures.CpuOf(["Features : fp"], Architecture.Arm64)).RootElement.GetProperty("topology").GetRawText().Should().Be("""{"sockets":1,"cores":1,"threads":1}""");

    [Fact]
    public void This_machine_has_something()
    {
        var machine = MachineFigures.Read("/nowhere/that/is");
        machine.Vcpus.Should().BePositive();
        machine.MemoryMb.Should().BePositive();
        machine.LocalGb.Should().BePositive();
        machine.Kernel.Should().BeGreaterThan(2_000_000);
        machine.LoadAverage.Split(", ").Should().HaveCount(3);
    }
}
