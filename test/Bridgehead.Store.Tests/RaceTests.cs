using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>Two who change what belongs together, at one time: both are answered, and what is there is whole.</summary>
public sealed class RaceTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_group_that_is_deleted_while_it_is_used_is_used_or_gone(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var (store, settings, user) = await CloudAsync(fresh);
        var groups = new SecurityGroupActions(store, settings);
        var servers = new ServerActions(store, settings);
        var web = (await groups.CreateAsync(user, "web", "", Cancel)).Value;
        var server = await BootAsync(store, settings, user);
        var (deleted, refused) = (0, 0);
        for (var round = 0; round < 40; round++)
        {
            var group = (await groups.CreateAsync(user, "short-lived", "", Cancel)).Value;
            var joining = Task.Run(() => servers.AddGroupAsync(user, server, group.Name, Cancel), Cancel);
            var others = new[]
            {
                Task.Run(() => groups.AddRuleAsync(user, new RuleRequest(group.Id, "tcp", 80, 80, null, null), Cancel), Cancel),
                Task.Run(() => groups.AddRuleAsync(user, new RuleRequest(web.Id, "tcp", 81, 81, null, group.Id), Cancel), Cancel),
            };
            var gone = (await Task.Run(() => groups.DeleteAsync(user, group.Id, Cancel), Cancel)).Problem is null;
            var joined = (await joining).Problem is null;
            await Task.WhenAll(others);

            joined.Should().Be(!gone);
            var rules = await store.ReadAsync(s => s.SecurityGroups.RulesOfProjectAsync(null, Cancel), Cancel);
            if (gone)
            {
                deleted++;
                rules.Where(rule => rule.ParentGroupId == group.Id || rule.SourceGroupId == group.Id).Should().BeEmpty();
                continue;
            }

            refused++;
            rules.Where(rule => rule.ParentGroupId == group.Id || rule.SourceGroupId == group.Id).Should().HaveCount(2);
            (await servers.RemoveGroupAsync(user, server, group.Name, Cancel)).Problem.Should().BeNull();
            (await groups.DeleteAsync(user, group.Id, Cancel)).Problem.Should().BeNull();
        }

        (deleted + refused).Should().Be(40);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Tags_that_are_added_together_are_all_there(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var (store, _, user) = await CloudAsync(fresh);
        var projects = new ProjectActions(store);
        string[] tags = [.. Enumerable.Range(10, 20).Select(i => $"tag{i}")];
        foreach (var added in await Task.WhenAll(tags.Select(tag => Task.Run(() => projects.AddTagAsync(user.ProjectId, tag, Cancel), Cancel))))
        {
            added.Problem.Should().BeNull();
        }

        (await store.ReadAsync(s => s.Identities.ProjectAsync(user.ProjectId, Cancel), Cancel))!.Tags.Should().BeEquivalentTo(tags);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_backup_that_is_protected_while_its_turn_ends_is_kept_or_was_gone(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var (store, _, user) = await CloudAsync(fresh);
        var files = new ImageFiles("/none");
        var (actions, server) = (new ImageActions(store, files), Guid.NewGuid());
        for (var round = 0; round < 30; round++)
        {
            var properties = new Dictionary<string, string> { [ImageOrigin.ImageType] = ImageOrigin.Backup, [ImageOrigin.BackupType] = $"{round}", [ImageOrigin.InstanceUuid] = $"{server:D}" };
            var backup = new Image { Id = Guid.NewGuid(), Name = "b", Status = ImageStatus.Queued, Visibility = ImageVisibility.Private, Owner = user.ProjectId, Properties = properties };
            (await store.WriteAsync(s => s.Images.AddAsync(backup, Cancel), Cancel)).Should().BeTrue();
            var protecting = Task.Run(() => actions.PatchAsync(user, backup.Id, [new ImageChange(ImageOperation.Replace, "protected", new ImageValue.Flag(true))], Cancel), Cancel);
            await Task.Run(() => new BackupRotation(store, files).RunAsync(backup, server, 0, Cancel), Cancel);
            var kept = (await protecting).Problem is null;
            var left = await store.ReadAsync(s => s.Images.FindAsync(backup.Id, Cancel), Cancel);
            left.Should().Match<Image?>(image => kept ? image!.Protected && image.Properties.Count == 3 : image == null);
        }
    }

    private static async Task<(Database, NovaSettings, Caller)> CloudAsync(FreshDatabase fresh)
    {
        var store = await fresh.OpenAsync();
        var settings = new NovaSettings { Host = "h", MyIp = Ip.Parse("192.0.2.1"), StatePath = "/none", Connection = fresh.Connection, MetadataHost = Ip.Parse("192.0.2.1") };
        await new Seed(store, settings).RunAsync(Cancel);
        var project = (await store.ReadAsync(s => s.Identities.ProjectsAsync(new ProjectFilter(), Page.All, Cancel), Cancel)).Should().ContainSingle().Subject;
        return (store, settings, new Caller("u", project.Id, IsAdmin: true));
    }

    private static async Task<Guid> BootAsync(Database store, NovaSettings settings, Caller user)
    {
        await store.WriteAsync(
            async s =>
            {
                await s.Services.BeatAsync(settings.Host, Binaries.Compute, settings.DefaultAvailabilityZone, Cancel);
                return default(Done);
            },
            Cancel);
        (await new CreateNetwork(store, settings).RunAsync(new NetworkSpec { Label = "net", Cidr = "10.10.10.0/24", Bridge = "br100" }, Cancel)).Problem.Should().BeNull();
        var image = (await store.ReadAsync(s => s.Images.ListAsync(user.ProjectId, Cancel), Cancel))[0].Id;
        return (await new BootServer(store, settings).RunAsync(user, new BootRequest { Name = "server", ImageId = image, FlavorId = "1" }, Cancel)).Value[0].Uuid;
    }
}
