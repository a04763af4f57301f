namespace Bridgehead.Store;

/// <summary>Something that a user had done to a server. It is under way until <paramref name="FinishedAt"/> is set, with <paramref name="Result"/> Success or Error.</summary>
/// <param name="Details">Why it failed, in a sentence.</param>
public sealed record ServerEvent(
    Guid InstanceUuid, string Action, string RequestId, string UserId, string ProjectId, DateTimeOffset At, DateTimeOffset? FinishedAt, string? Result, string? Details);

/// <summary>Table <c>server_events</c>: the history of servers, deleted ones too.</summary>
public sealed class ServerEvents(Session session)
{
    public const string Success = "Success";
    public const string Error = "Error";

    /// <param name="instance">Whose history.</param>
    /// <param name="action">nova's name of the action.</param>
    /// <param name="by">Request, user and project.</param>
    /// <param name="finished">Whether it is done with this; else its host finishes it.</param>
    /// <param name="cancel">Cancels.</param>
    public Task<int> AddAsync(Guid instance, string action, (string Request, string User, string Project) by, bool finished, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into server_events (instance_uuid, action, request_id, user_id, project_id, at, finished_at, result)
        values (@uuid, @action, @request, @user, @project, @now, @finished, @result)
        """,
        cancel,
        ("uuid", instance),
        ("action", action),
        ("request", by.Request),
        ("user", by.User),
        ("project", by.Project),
        ("now", session.Now),
        ("finished", finished ? session.Now : null),
        ("result", finished ? Success : null));

    /// <summary>All that was under way is done, or failed for <paramref name="reason"/>.</summary>
    public Task<int> FinishAsync(Guid instance, string? reason, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update server_events set finished_at = @now, result = @result, details = @reason where instance_uuid = @uuid and finished_at is null",
        cancel,
        ("uuid", instance),
        ("now", session.Now),
        ("result", reason is null ? Success : Error),
        ("reason", reason));

    /// <summary>Newest first.</summary>
    public Task<List<ServerEvent>> OfInstanceAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from server_events where instance_uuid = @uuid order by id desc", Read, cancel, ("uuid", instance));

    public Task<ServerEvent?> FindAsync(Guid instance, string request, CancellationToken cancel) => session.Sql.FirstAsync(
        "select * from server_events where instance_uuid = @uuid and request_id = @request order by id", Read, cancel, ("uuid", instance), ("request", request));

    private static ServerEvent Read(Row r) => new(
        r.Uuid("instance_uuid"), r.Text("action"), r.Text("request_id"), r.Text("user_id"), r.Text("project_id"), r.Time("at"), r.TimeOrNull("finished_at"), r.TextOrNull("result"),
        r.TextOrNull("details"));
}
