namespace Bridgehead.Store;

/// <summary>Something that a user had done to a server.</summary>
public sealed record ServerEvent(Guid InstanceUuid, string Action, string RequestId, string UserId, string ProjectId, DateTimeOffset At);

/// <summary>Table <c>server_events</c>: the history of servers, deleted ones too.</summary>
public sealed class ServerEvents(Session session)
{
    public Task<int> AddAsync(Guid instance, string action, string request, string user, string project, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into server_events (instance_uuid, action, request_id, user_id, project_id, at) values (@uuid, @action, @request, @user, @project, @now)",
        cancel,
        ("uuid", instance),
        ("action", action),
        ("request", request),
        ("user", user),
        ("project", project),
        ("now", session.Now));

    /// <summary>Newest first.</summary>
    public Task<List<ServerEvent>> OfInstanceAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ListAsync("select * from server_events where instance_uuid = @uuid order by id desc", Read, cancel, ("uuid", instance));

    private static ServerEvent Read(Row r) =>
        new(r.Uuid("instance_uuid"), r.Text("action"), r.Text("request_id"), r.Text("user_id"), r.Text("project_id"), r.Time("at"));
}
