using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>implied_roles</c>, and the view <c>role_closure</c> of all that follows from it.</summary>
public sealed partial class Identities
{
    /// <summary>By the name of the prior role and that of the implied one: all, or those of one prior role.</summary>
    public Task<List<(Role Prior, Role Implied)>> ImpliedRolesAsync(string? prior, CancellationToken cancel) => session.Sql.ListAsync(
        $"""
        select p.id as prior_id, p.name as prior_name, i.id as implied_id, i.name as implied_name from implied_roles x join roles p on p.id = x.prior_id join roles i on i.id = x.implied_id
        {(prior is null ? "" : "where x.prior_id = @prior")} order by p.name, i.name
        """,
        r => (new Role(r.Text("prior_id"), r.Text("prior_name"), ""), new Role(r.Text("implied_id"), r.Text("implied_name"), "")),
        cancel,
        prior is null ? [] : [("prior", prior)]);

    public Task ImplyAsync(string prior, string implied, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into implied_roles (prior_id, implied_id) values (@prior, @implied) on conflict do nothing", cancel, ("prior", prior), ("implied", implied));

    /// <summary>False when the one did not imply the other.</summary>
    public Task<bool> ImplyNoLongerAsync(string prior, string implied, CancellationToken cancel) =>
        ChangedAsync("delete from implied_roles where prior_id = @prior and implied_id = @implied", cancel, ("prior", prior), ("implied", implied));
}
