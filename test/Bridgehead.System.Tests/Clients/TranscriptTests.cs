using Xunit;

namespace Bridgehead.System.Tests.Clients;

/// <summary>What users of Debian's clients type, in the order in which they would, each with what it must say.</summary>
public sealed class TranscriptTests
{
    [Theory]
    [InlineData("openstack-identity")]
    [InlineData("openstack-image")]
    [InlineData("openstack-compute")]
    [InlineData("openstack-network")]
    [InlineData("openstack-server")]
    [InlineData("openstack-roles")]
    [InlineData("nova")]
    [InlineData("packer")]
    public async Task It_goes_as_written(string name)
    {
        await using var cloud = await StockCloud.StartAsync();
        await Transcript.Read(name).PlayAsync(cloud);
    }
}
