using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

public sealed class InjectedFileTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Files_are_kept_byte_for_byte_in_their_order_until_the_instance_goes(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var (one, two) = (Guid.NewGuid(), Guid.NewGuid());
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        await store.WriteAsync(
            async s =>
            {
                await s.InjectedFiles.AddAsync(one, [new InjectedFile("/z", bytes), new InjectedFile("/a 'b'", ReadOnlyMemory<byte>.Empty)], Cancel);
                await s.InjectedFiles.AddAsync(two, [new InjectedFile("/other", bytes)], Cancel);
                return default(Done);
            },
            Cancel);
        var files = await store.ReadAsync(s => s.InjectedFiles.OfInstanceAsync(one, Cancel), Cancel);
        files.Select(f => f.Path).Should().Equal("/z", "/a 'b'");
        files[0].Content.ToArray().Should().Equal(bytes);
        files[1].Content.Length.Should().Be(0);

        (await store.WriteAsync(s => s.InjectedFiles.RemoveAsync(one, Cancel), Cancel)).Should().Be(2);
        (await store.ReadAsync(s => s.InjectedFiles.OfInstanceAsync(one, Cancel), Cancel)).Should().BeEmpty();
        (await store.ReadAsync(s => s.InjectedFiles.OfInstanceAsync(two, Cancel), Cancel)).Should().ContainSingle();
    }
}
