namespace Bridgehead.Store;

/// <summary>
/// Tables <c>consoles</c> (a copy of an instance's console log) and <c>diagnostics</c> (what it uses of its host, in lines of a name, a blank and a number): somebody asks, the instance's host answers.
/// </summary>
public sealed class HostQuestions
{
    private readonly Session _session;
    private readonly string _table;
    private readonly string _kind;

    /// <param name="kind">The change that tells the host.</param>
    internal HostQuestions(Session session, string table, string kind) => (_session, _table, _kind) = (session, table, kind);

    public async Task AskAsync(Guid instance, string? host, CancellationToken cancel)
    {
        await _session.Sql.ExecuteAsync(
            $"""
            insert into {_table} (instance_uuid, asked_at) values (@uuid, @now)
            on conflict (instance_uuid) do update set asked_at = excluded.asked_at, answered_at = null
            """,
            cancel,
            ("uuid", instance),
            ("now", _session.Now));
        await _session.Changes.AddAsync(_kind, instance.ToString("D"), host, cancel);
    }

    public Task<int> AnswerAsync(Guid instance, string output, CancellationToken cancel) => _session.Sql.ExecuteAsync(
        $"update {_table} set answered_at = @now, output = @output where instance_uuid = @uuid", cancel, ("uuid", instance), ("output", output), ("now", _session.Now));

    /// <summary>The answer to the last question; null while there is none.</summary>
    public Task<string?> AnsweredAsync(Guid instance, CancellationToken cancel) => _session.Sql.FirstAsync(
        $"select output from {_table} where instance_uuid = @uuid and answered_at is not null", r => r.TextOrNull("output"), cancel, ("uuid", instance));

    /// <summary>Nobody waits any longer: a question without an answer goes.</summary>
    public Task<int> GiveUpAsync(Guid instance, CancellationToken cancel) =>
        _session.Sql.ExecuteAsync($"delete from {_table} where instance_uuid = @uuid and answered_at is null", cancel, ("uuid", instance));
}
