namespace Bridgehead.Store;

/// <summary>Table <c>instance_tags</c>: words that a user hung on a server. They stay with a deleted one.</summary>
public sealed class Tags(Session session)
{
    public Task<List<string>> OfInstanceAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ListAsync("select tag from instance_tags where instance_uuid = @uuid order by tag", r => r.Text("tag"), cancel, ("uuid", instance));

    /// <summary>False when the server has it already.</summary>
    public async Task<bool> AddAsync(Guid instance, string tag, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into instance_tags (instance_uuid, tag) values (@uuid, @tag) on conflict (instance_uuid, tag) do nothing", cancel, ("uuid", instance), ("tag", tag)) == 1;

    public async Task<bool> RemoveAsync(Guid instance, string tag, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("delete from instance_tags where instance_uuid = @uuid and tag = @tag", cancel, ("uuid", instance), ("tag", tag)) == 1;

    public Task<int> ClearAsync(Guid instance, CancellationToken cancel) => session.Sql.ExecuteAsync("delete from instance_tags where instance_uuid = @uuid", cancel, ("uuid", instance));
}
