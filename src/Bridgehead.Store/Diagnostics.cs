using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>diagnostics</c>: somebody asks what an instance uses of its host, which answers in lines of a name, a blank and a number.</summary>
public sealed class Diagnostics(Session session)
{
    public async Task AskAsync(Guid instance, string? host, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync(
            """
            insert into diagnostics (instance_uuid, asked_at) values (@uuid, @now)
            on conflict (instance_uuid) do update set asked_at = excluded.asked_at, answered_at = null
            """,
            cancel,
            ("uuid", instance),
            ("now", session.Now));
        await session.Changes.AddAsync(ChangeKind.Diagnostics, instance.ToString("D"), host, cancel);
    }

    public Task<int> AnswerAsync(Guid instance, string output, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update diagnostics set answered_at = @now, output = @output where instance_uuid = @uuid", cancel, ("uuid", instance), ("output", output), ("now", session.Now));

    /// <summary>The answer to the last question; null while there is none.</summary>
    public Task<string?> AnsweredAsync(Guid instance, CancellationToken cancel) => session.Sql.FirstAsync(
        "select output from diagnostics where instance_uuid = @uuid and answered_at is not null", r => r.TextOrNull("output"), cancel, ("uuid", instance));
}
