using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests.Clients;

/// <summary>Programs that use the clients' libraries. What each does and demands is written in it.</summary>
public sealed class LibraryTests
{
    [Theory]
    [InlineData("sdk.py")]
    [InlineData("sdk.py sandbox")]
    [InlineData("libcloud_driver.py")]
    public async Task A_program_does_its_work_with_a_librarys_own_words(string program)
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30");
        (await cloud.RunAsync($"/usr/bin/python3 -I {Transcript.Folder}/{program}")).Should().EndWith("all of it worked");
        await cloud.UntilAsync("! iptables-save | grep -e inst- -e 192.168.1.233");
    }
}
