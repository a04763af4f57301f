using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>injected_files</c>: what a user put into a server at boot, in the order given.</summary>
public sealed class InjectedFiles(Session session)
{
    public Task<List<InjectedFile>> OfInstanceAsync(Guid instance, CancellationToken cancel) => session.Sql.ListAsync(
        "select path, content from injected_files where instance_uuid = @uuid order by number",
        r => new InjectedFile(r.Text("path"), Convert.FromBase64String(r.Text("content"))),
        cancel,
        ("uuid", instance));

    public async Task AddAsync(Guid instance, IReadOnlyList<InjectedFile> files, CancellationToken cancel)
    {
        for (var number = 0; number < files.Count; number++)
        {
            await session.Sql.ExecuteAsync(
                "insert into injected_files (instance_uuid, number, path, content) values (@uuid, @number, @path, @content)",
                cancel,
                ("uuid", instance),
                ("number", number),
                ("path", files[number].Path),
                ("content", Convert.ToBase64String(files[number].Content.Span)));
        }
    }

    public Task<int> RemoveAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ExecuteAsync("delete from injected_files where instance_uuid = @uuid", cancel, ("uuid", instance));
}
