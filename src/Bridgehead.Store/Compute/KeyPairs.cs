using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>key_pairs</c>.</summary>
public sealed class KeyPairs(Session session)
{
    /// <summary>Up to <paramref name="limit"/> of the user's, by name, after that of <paramref name="marker"/>.</summary>
    public Task<List<KeyPair>> ListAsync(string user, string? marker, int limit, CancellationToken cancel) => session.Sql.ListAsync(
        $"select * from key_pairs where user_id = @user {(marker is null ? "" : "and name > @marker")} order by name limit @limit",
        Read,
        cancel,
        ("user", user),
        ("marker", marker),
        ("limit", limit));

    public Task<long> CountAsync(string user, CancellationToken cancel) => session.Sql.NumberAsync("select count(*) from key_pairs where user_id = @user", cancel, ("user", user));

    public Task<KeyPair?> FindAsync(string user, string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from key_pairs where user_id = @user and name = @name", Read, cancel, ("user", user), ("name", name));

    /// <summary>The new key pair's id; 0 when the user has one of that name.</summary>
    public Task<long> AddAsync(KeyPair k, CancellationToken cancel) => session.Sql.NumberAsync(
        """
        insert into key_pairs (user_id, name, type, public_key, fingerprint, created_at) values (@user, @name, @type, @key, @fingerprint, @now)
        on conflict (user_id, name) do nothing returning id
        """,
        cancel,
        ("user", k.UserId),
        ("name", k.Name),
        ("type", k.Type),
        ("key", k.PublicKey),
        ("fingerprint", k.Fingerprint),
        ("now", session.Now));

    public async Task<bool> RemoveAsync(string user, string name, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("delete from key_pairs where user_id = @user and name = @name", cancel, ("user", user), ("name", name)) == 1;

    /// <summary>Until this transaction's end no other counts or adds this user's.</summary>
    public Task LockAsync(string user, CancellationToken cancel) => session.LockAsync($"keypairs/{user}", cancel);

    private static KeyPair Read(Row r) => new()
    {
        Id = r.Number("id"),
        UserId = r.Text("user_id"),
        Name = r.Text("name"),
        Type = r.Text("type"),
        PublicKey = r.Text("public_key"),
        Fingerprint = r.Text("fingerprint"),
        CreatedAt = r.Time("created_at"),
    };
}
