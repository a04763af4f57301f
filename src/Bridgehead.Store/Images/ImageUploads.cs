using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Images whose content is arriving: one writer at a time, known by its file.</summary>
public sealed class ImageUploads(Session session)
{
    /// <summary>Takes the image for this writer. False when it is not queued: it has content, or somebody else is writing it.</summary>
    public async Task<bool> ClaimAsync(Guid image, string location, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "update images set status = 'saving', location = @location, updated_at = @now where id = @image and status = 'queued'",
        cancel,
        ("image", image),
        ("location", location),
        ("now", session.Now)) == 1;

    /// <summary>False when the writer has lost the image: it was deleted meanwhile.</summary>
    public async Task<bool> PublishAsync(Guid image, string location, ImageContent content, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        """
        update images set status = 'active', size = @size, virtual_size = @virtual, checksum = @md5, os_hash_value = @sha512, updated_at = @now
        where id = @image and status = 'saving' and location = @location
        """,
        cancel,
        ("image", image),
        ("location", location),
        ("size", content.Size),
        ("virtual", content.VirtualSize),
        ("md5", content.Md5),
        ("sha512", content.Sha512),
        ("now", session.Now)) == 1;

    /// <summary>Gives the image back, as if nothing had come. False when it is not the writer's.</summary>
    public async Task<bool> AbandonAsync(Guid image, string location, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "update images set status = 'queued', location = null, updated_at = @now where id = @image and status = 'saving' and location = @location",
        cancel,
        ("image", image),
        ("location", location),
        ("now", session.Now)) == 1;

    /// <summary>Every image that is saving, with the file that its content arrives in.</summary>
    public Task<List<(Guid Image, string Location)>> SavingAsync(CancellationToken cancel) => session.Sql.ListAsync(
        "select id, location from images where status = 'saving' order by id", r => (r.Uuid("id"), r.Text("location")), cancel);

    /// <summary>Whether the file is the content of the image.</summary>
    public async Task<bool> IsContentAsync(Guid image, string location, CancellationToken cancel) =>
        await session.Sql.NumberAsync("select count(*) from images where id = @image and location = @location", cancel, ("image", image), ("location", location)) == 1;

    /// <summary>Bytes of all images of an owner.</summary>
    public Task<long> UsedAsync(string owner, CancellationToken cancel) =>
        session.Sql.NumberAsync("select cast(coalesce(sum(size), 0) as bigint) from images where owner = @owner", cancel, ("owner", owner));

    /// <summary>Until the transaction ends, nobody else publishes an image of this owner.</summary>
    public Task LockOwnerAsync(string owner, CancellationToken cancel) => session.LockAsync($"images/{owner}", cancel);

    /// <summary>Images that came with the program and have no content yet.</summary>
    public Task<List<Guid>> WithoutContentAsync(string name, CancellationToken cancel) => session.Sql.ListAsync(
        "select id from images where name = @name and owner is null and status = 'active' and checksum is null", r => r.Uuid("id"), cancel, ("name", name));

    /// <summary>Describes the content of an image that came with the program.</summary>
    public async Task<bool> DescribeAsync(Guid image, string location, ImageContent content, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "update images set location = @location, size = @size, checksum = @md5, os_hash_value = @sha512, updated_at = @now where id = @image and checksum is null",
        cancel,
        ("image", image),
        ("location", location),
        ("size", content.Size),
        ("md5", content.Md5),
        ("sha512", content.Sha512),
        ("now", session.Now)) == 1;
}
