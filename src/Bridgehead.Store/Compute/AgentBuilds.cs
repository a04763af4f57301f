namespace Bridgehead.Store;

/// <summary>A build of a guest agent that an administrator made known.</summary>
public sealed record AgentBuild(long Id, string Hypervisor, string Os, string Architecture, string Version, string Md5Hash, string Url);

/// <summary>Table <c>agent_builds</c>. No driver here reads it; it is kept for those who keep it.</summary>
public sealed class AgentBuilds(Session session)
{
    public Task<List<AgentBuild>> ListAsync(string? hypervisor, CancellationToken cancel) => session.Sql.ListAsync(
        $"select * from agent_builds {(hypervisor is null ? "" : "where hypervisor = @hypervisor")} order by id", Read, cancel, ("hypervisor", hypervisor));

    /// <summary>The new build's id; 0 when there is one for the same hypervisor, system and architecture.</summary>
    public Task<long> AddAsync(AgentBuild b, CancellationToken cancel) => session.Sql.NumberAsync(
        """
        insert into agent_builds (hypervisor, os, architecture, version, md5hash, url) values (@hypervisor, @os, @architecture, @version, @hash, @url) on conflict do nothing returning id
        """,
        cancel,
        ("hypervisor", b.Hypervisor),
        ("os", b.Os),
        ("architecture", b.Architecture),
        ("version", b.Version),
        ("hash", b.Md5Hash),
        ("url", b.Url));

    /// <summary>False when there is none.</summary>
    public async Task<bool> SaveAsync(long id, string version, string hash, string url, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "update agent_builds set version = @version, md5hash = @hash, url = @url where id = @id", cancel, ("id", id), ("version", version), ("hash", hash), ("url", url)) == 1;

    public async Task<bool> RemoveAsync(long id, CancellationToken cancel) => await session.Sql.ExecuteAsync("delete from agent_builds where id = @id", cancel, ("id", id)) == 1;

    private static AgentBuild Read(Row r) =>
        new(r.Number("id"), r.Text("hypervisor"), r.Text("os"), r.Text("architecture"), r.Text("version"), r.Text("md5hash"), r.Text("url"));
}
