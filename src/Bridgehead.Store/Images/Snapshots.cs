using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>
/// A copy of a server's disk that its host is to write into an image. Of backups of one kind <paramref name="Rotation"/> stay, the newest; it is null for what is no backup.
/// </summary>
public sealed record Snapshot(Guid ImageId, Guid InstanceUuid, string Host, int? Rotation);

/// <summary>Table <c>snapshots</c>: asked for by the API, done and removed by the instance's host.</summary>
public sealed class Snapshots(Session session)
{
    public async Task AskAsync(Snapshot s, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync(
            "insert into snapshots (image_id, instance_uuid, host, rotation, asked_at) values (@image, @instance, @host, @rotation, @now)",
            cancel,
            ("image", s.ImageId),
            ("instance", s.InstanceUuid),
            ("host", s.Host),
            ("rotation", s.Rotation),
            ("now", session.Now));
        await session.Changes.AddAsync(ChangeKind.Snapshot, s.ImageId.ToString("D"), s.Host, cancel);
    }

    public Task<Snapshot?> FindAsync(Guid image, CancellationToken cancel) => session.Sql.FirstAsync("select * from snapshots where image_id = @image", Read, cancel, ("image", image));

    public Task<List<Snapshot>> OnHostAsync(string host, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from snapshots where host = @host order by asked_at, image_id", Read, cancel, ("host", host));

    public Task<int> RemoveAsync(Guid image, CancellationToken cancel) => session.Sql.ExecuteAsync("delete from snapshots where image_id = @image", cancel, ("image", image));

    private static Snapshot Read(Row r) => new(r.Uuid("image_id"), r.Uuid("instance_uuid"), r.Text("host"), r.IntOrNull("rotation"));
}
