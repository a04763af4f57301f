using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>
/// A resize of a server, on the host where it stays. Flavors are named by their ids. Status is nova's: migrating, finished (until somebody decides), confirmed, reverting, reverted or error; it follows from the
/// server's state.
/// </summary>
public sealed record ServerMigration(long Id, Guid InstanceUuid, string Host, string OldFlavor, string NewFlavor, string Status, DateTimeOffset CreatedAt, DateTimeOffset? UpdatedAt);

/// <summary>What a list of migrations is narrowed by; null means any.</summary>
public sealed record MigrationFilter(string? Host, string? Status, string? InstanceUuid);

/// <summary>Table <c>migrations</c>, and the view <c>migration_states</c> that says how far each is.</summary>
public sealed class ServerMigrations(Session session)
{
    public const int MostListed = 1000;
    public const string Confirmed = "confirmed";
    public const string Reverted = "reverted";

    /// <summary>The newest first, up to <see cref="MostListed"/>.</summary>
    public Task<List<ServerMigration>> ListAsync(MigrationFilter filter, CancellationToken cancel) => new Narrowing()
        .By("host = @host", "host", filter.Host)
        .By("status = @status", "status", filter.Status)
        .By("instance_uuid = @instance", "instance", filter.InstanceUuid)
        .ListAsync(session.Sql, "select * from migration_states", "id desc", MostListed, Read, cancel);

    public Task<int> BeginAsync(Instance before, string newFlavor, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into migrations (instance_uuid, host, old_flavor, new_flavor, created_at) values (@uuid, @host, @old, @new, @now)",
        cancel,
        ("uuid", before.Uuid),
        ("host", before.Host),
        ("old", before.FlavorId),
        ("new", newFlavor),
        ("now", session.Now));

    /// <summary>Ends the one that is under way, if one is.</summary>
    public Task<int> EndAsync(Guid instance, string how, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update migrations set ended = @how, updated_at = @now where instance_uuid = @uuid and ended is null", cancel, ("uuid", instance), ("how", how), ("now", session.Now));

    private static ServerMigration Read(Row r) =>
        new(r.Number("id"), r.Uuid("instance_uuid"), r.Text("host"), r.Text("old_flavor"), r.Text("new_flavor"), r.Text("status"), r.Time("created_at"), r.TimeOrNull("updated_at"));
}
