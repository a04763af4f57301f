namespace Bridgehead.Store;

/// <summary>Table <c>server_passwords</c>: what an instance posted to the metadata service, encrypted by itself with its user's key.</summary>
public sealed class ServerPasswords(Session session)
{
    public Task<string?> FindAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.FirstAsync("select password from server_passwords where instance_uuid = @uuid", r => r.Text("password"), cancel, ("uuid", instance));

    /// <summary>False when one is set already.</summary>
    public async Task<bool> SetOnceAsync(Guid instance, string password, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into server_passwords (instance_uuid, password) values (@uuid, @password) on conflict (instance_uuid) do nothing",
        cancel,
        ("uuid", instance),
        ("password", password)) == 1;

    public Task<int> RemoveAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ExecuteAsync("delete from server_passwords where instance_uuid = @uuid", cancel, ("uuid", instance));
}
