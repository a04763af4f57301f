using AwesomeAssertions;
using Bridgehead.Model;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>Images in both databases: who sees them, what narrows a list, pages, and one writer at a time.</summary>
public sealed class ImageTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static readonly ImageViewer Admin = new("admin", IsAdmin: true);

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_viewer_sees_what_is_for_all_its_own_and_what_it_accepted(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var shared = Make("shared", "shared");
        await AddAsync(store, Make("public", "public", "other"), Make("private", "private"), shared, Make("community", "community"), Make("hidden", "public") with { OsHidden = true }, Make("mine", "private", "viewer"));
        var viewer = new ImageViewer("viewer", IsAdmin: false);
        (await NamesAsync(store, new ImageFilter { Viewer = viewer })).Should().BeEquivalentTo("public", "mine");
        (await NamesAsync(store, new ImageFilter { Viewer = viewer, Visibility = "community" })).Should().Equal("community");
        (await NamesAsync(store, new ImageFilter { Viewer = viewer, Hidden = true })).Should().Equal("hidden");
        (await NamesAsync(store, new ImageFilter { Viewer = Admin })).Should().BeEquivalentTo("public", "private", "shared", "mine");
        (await store.ReadAsync(s => s.Images.FindAsync(shared.Id, viewer, Cancel), Cancel)).Should().BeNull();

        await store.WriteAsync(s => s.ImageMembers.AddAsync(shared.Id, "viewer", Cancel), Cancel);
        (await NamesAsync(store, new ImageFilter { Viewer = viewer, Visibility = "shared" })).Should().BeEmpty();
        (await NamesAsync(store, new ImageFilter { Viewer = viewer, Visibility = "shared", MemberStatus = "all" })).Should().Equal("shared");
        (await store.ReadAsync(s => s.Images.FindAsync(shared.Id, viewer, Cancel), Cancel)).Should().NotBeNull();
        await store.WriteAsync(s => s.ImageMembers.SetStatusAsync(shared.Id, "viewer", "accepted", Cancel), Cancel);
        (await NamesAsync(store, new ImageFilter { Viewer = viewer })).Should().BeEquivalentTo("public", "mine", "shared");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_list_is_narrowed_by_columns_properties_and_tags(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await AddAsync(
            store,
            Make("a", "private") with { MinRam = 5, Tags = ["x", "y"], Properties = new Dictionary<string, string> { ["k"] = "v", ["l"] = "w" }, DiskFormat = "raw" },
            Make("b", "private") with { MinRam = 6, Tags = ["x"], Properties = new Dictionary<string, string> { ["k"] = "v" } },
            Make("c'; drop table images; --", "private") with { Protected = true });
        async Task<IReadOnlyList<string>> Of(Func<ImageFilter, ImageFilter> narrow) => await NamesAsync(store, narrow(new ImageFilter { Viewer = Admin, Sort = [new ImageSort("name", Descending: false)] }));
        (await Of(f => f with { OneOf = new Dictionary<string, IReadOnlyList<string>> { ["name"] = ["a", "c'; drop table images; --"] } })).Should().Equal("a", "c'; drop table images; --");
        (await Of(f => f with { OneOf = new Dictionary<string, IReadOnlyList<string>> { ["status"] = [] } })).Should().BeEmpty();
        (await Of(f => f with { OneOf = new Dictionary<string, IReadOnlyList<string>> { ["disk_format"] = ["raw"] } })).Should().Equal("a");
        (await Of(f => f with { Numbers = [("min_ram", ">=", 6)] })).Should().Equal("b");
        (await Of(f => f with { Numbers = [("protected", "=", 1)] })).Should().Equal("c'; drop table images; --");
        (await Of(f => f with { Tags = ["x", "y"] })).Should().Equal("a");
        (await Of(f => f with { Properties = new Dictionary<string, string> { ["k"] = "v" } })).Should().Equal("a", "b");
        (await Of(f => f with { Properties = new Dictionary<string, string> { ["k"] = "v", ["l"] = "w" } })).Should().Equal("a");
        (await Of(f => f with { Times = [("created_at", new TimeCondition("<", DateTimeOffset.UnixEpoch))] })).Should().BeEmpty();
    }

    [Theory]
    [InlineData("sqlite", 2)]
    [InlineData("postgres", 2)]
    [InlineData("sqlite", 0)]
    [InlineData("postgres", 0)]
    public async Task Of_backups_the_newest_stay(string kind, int rotation)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var time = new FakeTimeProvider();
        var store = await fresh.OpenAsync(time);
        static Image Backup(string name, string type = "daily", string server = "11111111-2222-3333-4444-555555555555", string project = "owner", string imageType = "backup") =>
            Make(name, "private", project) with { Properties = new Dictionary<string, string> { ["image_type"] = imageType, ["backup_type"] = type, ["instance_uuid"] = server } };
        Image[] images =
        [
            Backup("oldest"), Backup("old"), Backup("hidden") with { OsHidden = true }, Backup("kept") with { Protected = true }, Backup("new"), Backup("community") with { Visibility = "community" },
            Backup("weekly", type: "weekly"), Backup("of another server", server: "t"), Backup("of another project", project: "thief"), Backup("no backup", imageType: "snapshot"),
        ];
        foreach (var image in images)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await AddAsync(store, image);
        }

        var files = new ImageFiles(Directory.CreateTempSubdirectory("bridgehead-backups-").FullName);
        var server = Guid.Parse(images[4].Properties["instance_uuid"]);
        await new BackupRotation(store, files).RunAsync(images[4] with { Properties = new Dictionary<string, string>() }, server, 0, Cancel);
        (await store.ReadAsync(s => s.Images.FindAsync(images[4].Id, Cancel), Cancel)).Should().NotBeNull();
        await new BackupRotation(store, files).RunAsync(images[4], server, rotation, Cancel);
        await new BackupRotation(store, files).RunAsync(images[4], server, rotation, Cancel);
        Directory.Delete(files.Folder);
        var left = await store.ReadAsync(s => s.Images.ListAsync(new ImageFilter { Viewer = Admin, Visibility = "all", Hidden = null }, Cancel), Cancel);
        string[] others = ["kept", "weekly", "of another server", "of another project", "no backup"];
        left.Select(image => image.Name).Should().BeEquivalentTo(rotation == 0 ? others : [.. others, "community", "new"]);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Pages_of_any_order_have_every_image_once(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        await AddAsync(store, [.. Enumerable.Range(0, 11).Select(i => Make($"n{i / 3}", "private") with { MinRam = i % 2, Size = i % 4 == 0 ? null : i % 4, DiskFormat = i % 3 == 0 ? null : "raw" })]);
        foreach (var key in ImageFilter.SortKeys)
        {
            foreach (var descending in new[] { true, false })
            {
                var filter = new ImageFilter { Viewer = Admin, Sort = [new ImageSort(key, descending)] };
                var whole = (await store.ReadAsync(s => s.Images.ListAsync(filter, Cancel), Cancel)).ConvertAll(i => i.Id);
                whole.Should().HaveCount(11).And.OnlyHaveUniqueItems();
                var seen = new List<Guid>();
                for (var page = filter with { Limit = 4 }; ; page = page with { Marker = seen[^1] })
                {
                    var ids = (await store.ReadAsync(s => s.Images.ListAsync(page, Cancel), Cancel)).ConvertAll(i => i.Id);
                    seen.AddRange(ids);
                    if (ids.Count < 4)
                    {
                        break;
                    }
                }

                seen.Should().Equal(whole, $"{key} {descending}");
            }
        }
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task An_image_has_one_writer_and_its_content_is_the_one_that_was_published(string kind)
    {
        await using var fresh = await FreshDatabase.CreateAsync(kind);
        var store = await fresh.OpenAsync();
        var image = Make("written", "private") with { Tags = ["t"], Properties = new Dictionary<string, string> { ["k"] = "v" } };
        await AddAsync(store, image);
        var content = new ImageContent(7, "md5", "sha512", 9);
        Task<bool> Do(Func<ImageUploads, Task<bool>> step) => store.WriteAsync(s => step(s.ImageUploads), Cancel);
        (await Do(u => u.PublishAsync(image.Id, "one", content, Cancel))).Should().BeFalse("nobody claimed it");
        (await Do(u => u.ClaimAsync(image.Id, "one", Cancel))).Should().BeTrue();
        (await Do(u => u.ClaimAsync(image.Id, "two", Cancel))).Should().BeFalse();
        (await Do(u => u.AbandonAsync(image.Id, "two", Cancel))).Should().BeFalse();
        (await Do(u => u.AbandonAsync(image.Id, "one", Cancel))).Should().BeTrue();
        (await Do(u => u.ClaimAsync(image.Id, "two", Cancel))).Should().BeTrue();
        (await store.ReadAsync(s => s.ImageUploads.SavingAsync(Cancel), Cancel)).Should().Equal((image.Id, "two"));
        (await Do(u => u.PublishAsync(image.Id, "one", content, Cancel))).Should().BeFalse();
        (await Do(u => u.PublishAsync(image.Id, "two", content, Cancel))).Should().BeTrue();
        (await Do(u => u.ClaimAsync(image.Id, "three", Cancel))).Should().BeFalse("it has content");
        (await store.ReadAsync(s => s.ImageUploads.UsedAsync("owner", Cancel), Cancel)).Should().Be(7);
        (await store.ReadAsync(s => s.Images.FindAsync(image.Id, Cancel), Cancel)).Should().Match<Image>(i =>
            i.HasContent && i.Location == "two" && i.Size == 7 && i.VirtualSize == 9 && i.Checksum == "md5" && i.OsHashValue == "sha512" && i.Tags.Single() == "t" && i.Properties["k"] == "v");

        (await store.WriteAsync(s => s.Images.RemoveAsync(image.Id, Cancel), Cancel)).Should().BeTrue();
        (await store.ReadAsync(s => s.Images.FindAsync(image.Id, Cancel), Cancel)).Should().BeNull();
        (await store.WriteAsync(s => s.Images.AddAsync(image with { Tags = [], Properties = new Dictionary<string, string>() }, Cancel), Cancel)).Should().BeTrue();
        (await store.ReadAsync(s => s.Images.FindAsync(image.Id, Cancel), Cancel))!.Tags.Should().BeEmpty("the parts of the one before are gone");
    }

    private static Image Make(string name, string visibility, string owner = "owner") =>
        new() { Id = Guid.NewGuid(), Name = name, Status = ImageStatus.Queued, Visibility = visibility, Owner = owner };

    private static Task AddAsync(Database store, params IReadOnlyList<Image> images) => store.WriteAsync(
        async s =>
        {
            foreach (var image in images)
            {
                (await s.Images.AddAsync(image, Cancel)).Should().BeTrue();
            }

            return default(Done);
        },
        Cancel);

    private static async Task<IReadOnlyList<string>> NamesAsync(Database store, ImageFilter filter) =>
        [.. (await store.ReadAsync(s => s.Images.ListAsync(filter, Cancel), Cancel)).Select(image => image.Name)];
}
