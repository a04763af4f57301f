using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>services</c>: which daemons live where.</summary>
public sealed class Services(Session session)
{
    private const string Select =
        "select s.id, s.host, s.binary_name, z.zone, s.disabled, s.disabled_reason, s.forced_down, s.updated_at from services s join service_zones z on z.id = s.id";

    public Task<List<Service>> ListAsync(CancellationToken cancel) => session.Sql.ListAsync($"{Select} order by s.binary_name, s.host", Read, cancel);

    public Task<Service?> FindAsync(string host, string binary, CancellationToken cancel) =>
        session.Sql.FirstAsync($"{Select} where s.host = @host and s.binary_name = @binary", Read, cancel, ("host", host), ("binary", binary));

    public Task<Service?> FindAsync(long id, CancellationToken cancel) => session.Sql.FirstAsync($"{Select} where s.id = @id", Read, cancel, ("id", id));

    /// <summary>Until its daemon reports again.</summary>
    public async Task RemoveAsync(Service service, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from services where id = @id", cancel, ("id", service.Id));
        if (service.Binary == Binaries.Compute)
        {
            await session.Aggregates.LeaveAllAsync(service.Host, cancel);
            await session.Sql.ExecuteAsync("delete from compute_nodes where host = @host", cancel, ("host", service.Host));
        }
    }

    public async Task<bool> ForceDownAsync(string host, string binary, bool down, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "update services set forced_down = @down where host = @host and binary_name = @binary", cancel, ("host", host), ("binary", binary), ("down", down)) == 1;

    /// <summary>Says that a daemon lives.</summary>
    public Task<int> BeatAsync(string host, string binary, string zone, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into services (host, binary_name, zone, updated_at) values (@host, @binary, @zone, @now)
        on conflict (host, binary_name) do update set updated_at = excluded.updated_at, zone = excluded.zone
        """,
        cancel,
        ("host", host),
        ("binary", binary),
        ("zone", zone),
        ("now", session.Now));

    public async Task<bool> SetDisabledAsync(string host, string binary, bool disabled, string? reason, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "update services set disabled = @disabled, disabled_reason = @reason where host = @host and binary_name = @binary",
        cancel,
        ("host", host),
        ("binary", binary),
        ("disabled", disabled),
        ("reason", reason)) == 1;

    private static Service Read(Row r) => new()
    {
        Id = r.Number("id"),
        Host = r.Text("host"),
        Binary = r.Text("binary_name"),
        Zone = r.Text("zone"),
        Disabled = r.Flag("disabled"),
        DisabledReason = r.TextOrNull("disabled_reason"),
        ForcedDown = r.Flag("forced_down"),
        UpdatedAt = r.Time("updated_at"),
    };
}
