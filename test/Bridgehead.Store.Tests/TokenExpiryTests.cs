using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>Tokens that were good and grow old: neither use nor a token made from it lengthens a token's life.</summary>
public sealed class TokenExpiryTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_token_ends_at_its_time_though_it_was_used_a_moment_ago(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var clock = new Clock();
        var authentication = await CloudAsync(fresh, clock);
        var (id, _) = (await authentication.LogInAsync(ByPassword, Cancel)).Value;
        clock.Now += TimeSpan.FromSeconds(59.9);
        (await authentication.FindAsync(id, Cancel)).Should().NotBeNull("a tenth of a second is left");
        clock.Now += TimeSpan.FromSeconds(0.2);
        (await authentication.FindAsync(id, Cancel)).Should().BeNull();
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_token_for_another_scope_ends_with_the_first(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var clock = new Clock();
        var authentication = await CloudAsync(fresh, clock);
        var (first, _) = (await authentication.LogInAsync(ByPassword, Cancel)).Value;
        clock.Now += TimeSpan.FromSeconds(50);
        var (second, _) = (await authentication.LogInAsync(ByToken(first), Cancel)).Value;
        clock.Now += TimeSpan.FromSeconds(9);
        (await authentication.FindAsync(second, Cancel)).Should().NotBeNull();
        clock.Now += TimeSpan.FromSeconds(2);
        (await authentication.FindAsync(second, Cancel)).Should().BeNull();
        (await authentication.LogInAsync(ByToken(second), Cancel)).Problem!.Kind.Should().Be(ProblemKind.Unauthorized);
    }

    private static LoginRequest ByPassword { get; } = new(new ScopeWish.Whatever()) { Password = (new Reference(null, "admin", new DomainReference(null, "DEFAULT")), "secret") };

    private static LoginRequest ByToken(string token) => new(new ScopeWish.Whatever()) { Token = token };

    private static async Task<Authentication> CloudAsync(FreshDatabase fresh, Clock clock)
    {
        var settings = new NovaSettings
        {
            Host = "h",
            MyIp = Ip.Parse("192.0.2.1"),
            MetadataHost = Ip.Parse("192.0.2.1"),
            StatePath = "/none",
            Connection = fresh.Connection,
            AdminPassword = "secret",
            TokenExpiration = 60,
        };
        var store = await fresh.OpenAsync(clock);
        await new Seed(store, settings).RunAsync(Cancel);
        return new Authentication(store, settings);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
