using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>What is special about identity's SQL, on both databases.</summary>
public sealed class IdentityTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Pages_of_a_list_are_the_list_and_tags_are_whole_words(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await store.WriteAsync<Done>(
            async s =>
            {
                foreach (var (name, tags) in new[] { ("b", new[] { "red", "blue" }), ("a", ["reddish"]), ("c", []), ("d", ["blue"]) })
                {
                    (await s.Identities.AddProjectAsync(new Project(Guid.NewGuid().ToString("N"), name, "", Enabled: true) { Tags = tags }, Cancel)).Should().BeTrue();
                }

                (await s.Identities.AddProjectAsync(new Project("x", "a", "", Enabled: true), Cancel)).Should().BeFalse("the name is taken");
                return default(Done);
            },
            Cancel);
        var names = new List<string>();
        for (string? marker = null; ;)
        {
            var page = await store.ReadAsync(s => s.Identities.ProjectsAsync(new ProjectFilter(), new Page(3, marker), Cancel), Cancel);
            if (page.Count == 0)
            {
                break;
            }

            names.AddRange(page.Select(p => p.Name));
            marker = page[^1].Id;
        }

        names.Should().Equal("a", "b", "c", "d");
        (await Tagged(new TagFilter { All = ["red"] })).Should().Equal("b");
        (await Tagged(new TagFilter { All = ["blue"] })).Should().Equal("b", "d");
        (await Tagged(new TagFilter { All = ["blue", "red"] })).Should().Equal("b");
        (await Tagged(new TagFilter { All = ["%"] })).Should().BeEmpty();
        (await Tagged(new TagFilter { Any = ["red", "blue"] })).Should().Equal("b", "d");
        (await Tagged(new TagFilter { NotAll = ["red", "blue"] })).Should().Equal("a", "c", "d");
        (await Tagged(new TagFilter { NotAny = ["red", "blue"] })).Should().Equal("a", "c");
        (await Tagged(new TagFilter { Any = ["blue"], NotAny = ["red"] })).Should().Equal("d");

        async Task<IEnumerable<string>> Tagged(TagFilter tags) =>
            (await store.ReadAsync(s => s.Identities.ProjectsAsync(new ProjectFilter { Tags = tags }, Page.All, Cancel), Cancel)).Select(p => p.Name);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Names_are_found_by_their_parts(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await store.WriteAsync<Done>(
            async s =>
            {
                foreach (var name in new[] { "Alpha", "alphabet", "beta", "b%ta", "b_t'a" })
                {
                    await s.Identities.AddGroupAsync(new Group(Guid.NewGuid().ToString("N"), name, Domain.DefaultId, ""), Cancel);
                }

                return default(Done);
            },
            Cancel);
        foreach (var (comparison, text, ignore, names) in new (NameComparison, string, bool, string[])[]
        {
            (NameComparison.Contains, "lpha", false, ["Alpha", "alphabet"]), (NameComparison.Contains, "ALPHA", false, []), (NameComparison.Contains, "ALPHA", true, ["Alpha", "alphabet"]),
            (NameComparison.StartsWith, "alpha", false, ["alphabet"]), (NameComparison.StartsWith, "alpha", true, ["Alpha", "alphabet"]),
            (NameComparison.EndsWith, "ta", false, ["b%ta", "beta"]), (NameComparison.EndsWith, "BET", true, ["alphabet"]), (NameComparison.EndsWith, "a much longer text than any", false, []),
            (NameComparison.Contains, "%", false, ["b%ta"]), (NameComparison.Contains, "_t'", false, ["b_t'a"]),
        })
        {
            var filter = new GroupFilter { NameParts = [new NamePart(comparison, text, ignore)] };
            (await store.ReadAsync(s => s.Identities.GroupsAsync(filter, Page.All, Cancel), Cancel)).Select(g => g.Name).Should().BeEquivalentTo(names, $"{comparison} {text} {ignore}");
        }

        var both = new GroupFilter { NameParts = [new NamePart(NameComparison.StartsWith, "b", false), new NamePart(NameComparison.Contains, "e", false)] };
        (await store.ReadAsync(s => s.Identities.GroupsAsync(both, Page.All, Cancel), Cancel)).Select(g => g.Name).Should().Equal("beta");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Every_process_sees_at_once_that_a_token_has_ended(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var (one, other) = (await fresh.OpenAsync(), await fresh.OpenAsync());
        var settings = Settings(fresh);
        await new Seed(one, settings).RunAsync(Cancel);
        var request = new LoginRequest(new ScopeWish.Whatever()) { Password = (new Reference(null, "admin", new DomainReference("default", null)), "secret") };
        var token = (await new Authentication(one, settings).LogInAsync(request, Cancel)).Value;
        (await new Authentication(other, settings).FindAsync(token.Id, Cancel))!.Project!.Name.Should().Be("admin");
        (await new UserActions(other).ChangePasswordAsync(token.Login.User.Id, "secret", "new", Cancel)).Problem.Should().BeNull();
        (await new Authentication(one, settings).FindAsync(token.Id, Cancel)).Should().BeNull();
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_log_in_that_races_with_a_new_password_leaves_no_token_of_the_old_one(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var settings = Settings(fresh);
        await new Seed(store, settings).RunAsync(Cancel);
        var authentication = new Authentication(store, settings);
        var user = (await store.ReadAsync(s => s.Identities.UserByNameAsync(Domain.DefaultId, "admin", Cancel), Cancel))!.Id;
        var old = new LoginRequest(new ScopeWish.Whatever()) { Password = (new Reference(user, null, null), "secret") };
        var racing = Enumerable.Range(0, 20).Select(_ => authentication.LogInAsync(old, Cancel)).ToList();
        await new UserActions(store).UpdateAsync(user, new UserChange(null, null, "new"), Cancel);
        foreach (var login in await Task.WhenAll(racing))
        {
            (login.Problem is not null || await authentication.FindAsync(login.Value.Id, Cancel) is null).Should().BeTrue();
        }
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_locked_out_operator_gets_back_in(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var settings = Settings(fresh);
        await new Seed(store, settings).RunAsync(Cancel);
        await store.WriteAsync<Done>(
            async s =>
            {
                var user = (await s.Identities.UserByNameAsync(Domain.DefaultId, "admin", Cancel))!;
                await s.Identities.RemoveUserAsync(user.Id, Cancel);
                await s.Identities.RemoveProjectAsync(user.DefaultProjectId!, Cancel);
                await s.Identities.SaveDomainAsync((await s.Identities.DomainAsync(Domain.DefaultId, Cancel))! with { Enabled = false }, Cancel);
                return default(Done);
            },
            Cancel);
        (await new Bootstrap(store, settings).RunAsync("rescue", "new", Cancel)).Problem.Should().BeNull();
        var request = new LoginRequest(new ScopeWish.Whatever()) { Password = (new Reference(null, "rescue", new DomainReference(null, "Default")), "new") };
        (await new Authentication(store, settings).LogInAsync(request, Cancel)).Value.Login.IsAdmin.Should().BeTrue();
    }

    private static NovaSettings Settings(FreshDatabase fresh) => new()
    {
        Host = "h",
        MyIp = Ip.Parse("192.0.2.1"),
        MetadataHost = Ip.Parse("192.0.2.1"),
        StatePath = "/none",
        Connection = fresh.Connection,
        AdminPassword = "secret",
    };
}
