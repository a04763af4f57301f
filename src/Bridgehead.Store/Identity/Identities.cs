namespace Bridgehead.Store;

/// <summary>Who there is and what they may do: domains, projects, users, groups, roles and their assignments. Names are exact, but for those of domains.</summary>
public sealed partial class Identities(Session session)
{
    private static string[] Tags(Row r) => r.Text("tags").Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A comma before the first and behind the last, so that each is found between two.</summary>
    private static string Joined(IReadOnlyList<string> tags) => tags.Count == 0 ? "" : $",{string.Join(',', tags)},";

    private async Task<bool> ChangedAsync(string text, CancellationToken cancel, params (string, object?)[] parameters) => await session.Sql.ExecuteAsync(text, cancel, parameters) > 0;
}
