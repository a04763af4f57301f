using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>services</c>: which daemons live where.</summary>
public sealed class Services(Session session)
{
    public Task<List<Service>> ListAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from services order by binary_name, host", Read, cancel);

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
        UpdatedAt = r.Time("updated_at"),
    };
}

/// <summary>Table <c>consoles</c>: somebody asks for a copy of an instance's console log, its host answers.</summary>
public sealed class Consoles(Session session)
{
    public async Task AskAsync(Guid instance, string? host, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync(
            """
            insert into consoles (instance_uuid, asked_at) values (@uuid, @now)
            on conflict (instance_uuid) do update set asked_at = excluded.asked_at, answered_at = null
            """,
            cancel,
            ("uuid", instance),
            ("now", session.Now));
        await session.Changes.AddAsync(ChangeKind.Console, instance.ToString("D"), host, cancel);
    }

    public Task<int> AnswerAsync(Guid instance, string output, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update consoles set answered_at = @now, output = @output where instance_uuid = @uuid", cancel, ("uuid", instance), ("output", output), ("now", session.Now));

    /// <summary>The answer to the last question; null while there is none.</summary>
    public Task<string?> AnsweredAsync(Guid instance, CancellationToken cancel) => session.Sql.FirstAsync(
        "select output from consoles where instance_uuid = @uuid and answered_at is not null", r => r.TextOrNull("output"), cancel, ("uuid", instance));
}
