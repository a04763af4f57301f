using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>images</c> with what belongs to an image: properties and tags.</summary>
public sealed class Images(Session session)
{
    private const string Status = "status";

    /// <summary>A page of images, with their properties and tags.</summary>
    public async Task<List<Image>> ListAsync(ImageFilter filter, CancellationToken cancel)
    {
        var query = ImageQuery.Of(filter);
        return await WithPartsAsync(await session.Sql.ListAsync(query.Text, Read, cancel, query.Parameters), cancel);
    }

    /// <summary>The first images that a project sees, newest first.</summary>
    public Task<List<Image>> ListAsync(string project, CancellationToken cancel) =>
        ListAsync(new ImageFilter { Viewer = new ImageViewer(project, IsAdmin: false), Limit = ImageFilter.MostInPage }, cancel);

    public async Task<Image?> FindAsync(Guid id, CancellationToken cancel)
    {
        var found = await session.Sql.ListAsync("select * from images where id = @id", Read, cancel, ("id", id));
        return (await WithPartsAsync(found, cancel)).FirstOrDefault();
    }

    /// <summary>The image, when the viewer may know of it: as owner, member, administrator, or because it is for everybody.</summary>
    public async Task<Image?> FindAsync(Guid id, ImageViewer viewer, CancellationToken cancel)
    {
        var query = ImageQuery.Visible(id, viewer);
        return (await WithPartsAsync(await session.Sql.ListAsync(query.Text, Read, cancel, query.Parameters), cancel)).FirstOrDefault();
    }

    /// <summary>As <see cref="FindAsync(Guid, ImageViewer, CancellationToken)"/>, and no other writer changes it until the transaction ends.</summary>
    public async Task<Image?> LockAsync(Guid id, ImageViewer viewer, CancellationToken cancel)
    {
        await session.LockAsync($"image/{id:D}", cancel);
        return await FindAsync(id, viewer, cancel);
    }

    /// <summary>False when the id is taken.</summary>
    public async Task<bool> AddAsync(Image i, CancellationToken cancel)
    {
        var added = await session.Sql.ExecuteAsync(
            """
            insert into images (id, name, status, visibility, owner, container_format, disk_format, min_disk, min_ram, protected, os_hidden, size, created_at, updated_at)
            values (@id, @name, @status, @visibility, @owner, @container, @disk, @minDisk, @minRam, @protected, @hidden, @size, @now, @now) on conflict do nothing
            """,
            cancel,
            [.. Fields(i), (Status, i.Status), ("size", i.Size)]);
        if (added == 1)
        {
            await PutPartsAsync(i, cancel);
        }

        return added == 1;
    }

    /// <summary>Writes what a user may change; the status and the content are written by others.</summary>
    public async Task SaveAsync(Image i, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync(
            """
            update images set name = @name, visibility = @visibility, owner = @owner, container_format = @container, disk_format = @disk, min_disk = @minDisk, min_ram = @minRam,
              protected = @protected, os_hidden = @hidden, updated_at = @now
            where id = @id
            """,
            cancel,
            Fields(i));
        await ClearPartsAsync(i.Id, cancel);
        await PutPartsAsync(i, cancel);
    }

    /// <summary>False when the image's status is not <paramref name="from"/>.</summary>
    public async Task<bool> MoveAsync(Guid id, string from, string to, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "update images set status = @to, updated_at = @now where id = @id and status = @from", cancel, ("id", id), ("from", from), ("to", to), ("now", session.Now)) == 1;

    /// <summary>The row and all that belongs to it. A snapshot that was to fill it is struck out by its host, which also has a server to tell.</summary>
    public async Task<bool> RemoveAsync(Guid id, CancellationToken cancel)
    {
        await ClearPartsAsync(id, cancel);
        await session.Sql.ExecuteAsync("delete from image_members where image_id = @id", cancel, ("id", id));
        return await session.Sql.ExecuteAsync("delete from images where id = @id", cancel, ("id", id)) == 1;
    }

    private async Task ClearPartsAsync(Guid id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from image_properties where image_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from image_tags where image_id = @id", cancel, ("id", id));
    }

    private async Task PutPartsAsync(Image i, CancellationToken cancel)
    {
        foreach (var (name, value) in i.Properties)
        {
            await session.Sql.ExecuteAsync(
                "insert into image_properties (image_id, name, value) values (@id, @name, @value)", cancel, ("id", i.Id), ("name", name), ("value", value));
        }

        foreach (var tag in i.Tags)
        {
            await session.Sql.ExecuteAsync("insert into image_tags (image_id, tag) values (@id, @tag) on conflict do nothing", cancel, ("id", i.Id), ("tag", tag));
        }
    }

    private (string Name, object? Value)[] Fields(Image i) =>
    [
        ("id", i.Id), ("name", i.Name), ("visibility", i.Visibility), ("owner", i.Owner), ("container", i.ContainerFormat), ("disk", i.DiskFormat), ("minDisk", i.MinDisk),
        ("minRam", i.MinRam), ("protected", i.Protected), ("hidden", i.OsHidden), ("now", session.Now),
    ];

    /// <summary>Two statements, however many images.</summary>
    private async Task<List<Image>> WithPartsAsync(List<Image> images, CancellationToken cancel)
    {
        var (isOneOfThese, these) = (session.Sql.IsOneOf("image_id", "these"), ("these", (object?)images.Select(image => $"{image.Id:D}").ToArray()));
        var properties = await session.Sql.ListAsync(
            $"select image_id, name, value from image_properties where {isOneOfThese} order by name", r => (Image: r.Uuid("image_id"), Name: r.Text("name"), Value: r.Text("value")), cancel, these);
        var tags = await session.Sql.ListAsync(
            $"select image_id, tag from image_tags where {isOneOfThese} order by tag", r => (Image: r.Uuid("image_id"), Tag: r.Text("tag")), cancel, these);
        var (propertiesOf, tagsOf) = (properties.ToLookup(p => p.Image), tags.ToLookup(t => t.Image, t => t.Tag));
        return images.ConvertAll(image => image with
        {
            Properties = propertiesOf[image.Id].ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal),
            Tags = [.. tagsOf[image.Id]],
        });
    }

    private static Image Read(Row r) => new()
    {
        Id = r.Uuid("id"),
        Name = r.Text("name"),
        Status = r.Text(Status),
        Visibility = r.Text("visibility"),
        Owner = r.TextOrNull("owner"),
        ContainerFormat = r.TextOrNull("container_format"),
        DiskFormat = r.TextOrNull("disk_format"),
        MinDisk = r.Int("min_disk"),
        MinRam = r.Int("min_ram"),
        Protected = r.Flag("protected"),
        OsHidden = r.Flag("os_hidden"),
        Size = r.NumberOrNull("size"),
        VirtualSize = r.NumberOrNull("virtual_size"),
        Checksum = r.TextOrNull("checksum"),
        OsHashValue = r.TextOrNull("os_hash_value"),
        Location = r.TextOrNull("location"),
        CreatedAt = r.Time("created_at"),
        UpdatedAt = r.Time("updated_at"),
    };
}
