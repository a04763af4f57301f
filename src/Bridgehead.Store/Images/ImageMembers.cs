using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>image_members</c>: projects that a shared image is offered to.</summary>
public sealed class ImageMembers(Session session)
{
    /// <param name="only">The one member that is wanted; null for all.</param>
    public Task<List<ImageMember>> OfImageAsync(Guid image, string? only, CancellationToken cancel) => session.Sql.ListAsync(
        $"select * from image_members where image_id = @image{(only is null ? "" : " and member_id = @only")} order by created_at, member_id", Read, cancel, ("image", image), ("only", only));

    public Task<ImageMember?> FindAsync(Guid image, string member, CancellationToken cancel) => session.Sql.FirstAsync(
        "select * from image_members where image_id = @image and member_id = @member", Read, cancel, ("image", image), ("member", member));

    public Task<long> CountAsync(Guid image, CancellationToken cancel) => session.Sql.NumberAsync("select count(*) from image_members where image_id = @image", cancel, ("image", image));

    /// <summary>False when it is a member already.</summary>
    public async Task<bool> AddAsync(Guid image, string member, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into image_members (image_id, member_id, status, created_at, updated_at) values (@image, @member, 'pending', @now, @now) on conflict do nothing",
        cancel,
        ("image", image),
        ("member", member),
        ("now", session.Now)) == 1;

    public Task<int> SetStatusAsync(Guid image, string member, string status, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update image_members set status = @status, updated_at = @now where image_id = @image and member_id = @member",
        cancel,
        ("image", image),
        ("member", member),
        ("status", status),
        ("now", session.Now));

    public async Task<bool> RemoveAsync(Guid image, string member, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("delete from image_members where image_id = @image and member_id = @member", cancel, ("image", image), ("member", member)) == 1;

    private static ImageMember Read(Row r) => new(r.Uuid("image_id"), r.Text("member_id"), r.Text("status"), r.Time("created_at"), r.Time("updated_at"));
}
