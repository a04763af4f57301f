using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>A DNS domain for floating addresses. Public ones may belong to a project, private ones to a zone.</summary>
public sealed record DnsDomain(string Domain, string Scope, string? ProjectId, string? AvailabilityZone);

/// <summary>A name of a domain and its address.</summary>
public sealed record DnsEntry(string Domain, string Name, IPAddress Address);

/// <summary>Tables <c>dns_domains</c> and <c>dns_entries</c>.</summary>
public sealed class DnsEntries(Session session)
{
    public Task<List<DnsDomain>> DomainsAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from dns_domains order by domain", ReadDomain, cancel);

    public Task<DnsDomain?> DomainAsync(string domain, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from dns_domains where domain = @domain", ReadDomain, cancel, ("domain", domain));

    public Task<int> PutDomainAsync(DnsDomain d, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into dns_domains (domain, scope, project_id, availability_zone) values (@domain, @scope, @project, @zone)
        on conflict (domain) do update set scope = excluded.scope, project_id = excluded.project_id, availability_zone = excluded.availability_zone
        """,
        cancel,
        ("domain", d.Domain),
        ("scope", d.Scope),
        ("project", d.ProjectId),
        ("zone", d.AvailabilityZone));

    /// <summary>Removes the domain with its entries; false when there is none.</summary>
    public async Task<bool> RemoveDomainAsync(string domain, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from dns_entries where domain = @domain", cancel, ("domain", domain));
        return await session.Sql.ExecuteAsync("delete from dns_domains where domain = @domain", cancel, ("domain", domain)) == 1;
    }

    public Task<DnsEntry?> FindAsync(string domain, string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from dns_entries where domain = @domain and name = @name", Read, cancel, ("domain", domain), ("name", name));

    public Task<List<DnsEntry>> OfAddressAsync(string domain, IPAddress address, CancellationToken cancel) => session.Sql.ListAsync(
        "select * from dns_entries where domain = @domain and address = @address order by name", Read, cancel, ("domain", domain), ("address", address));

    public Task<int> PutAsync(DnsEntry e, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into dns_entries (domain, name, address) values (@domain, @name, @address) on conflict (domain, name) do update set address = excluded.address",
        cancel,
        ("domain", e.Domain),
        ("name", e.Name),
        ("address", e.Address));

    public async Task<bool> RemoveAsync(string domain, string name, CancellationToken cancel) =>
        await session.Sql.ExecuteAsync("delete from dns_entries where domain = @domain and name = @name", cancel, ("domain", domain), ("name", name)) == 1;

    private static DnsDomain ReadDomain(Row r) => new(r.Text("domain"), r.Text("scope"), r.TextOrNull("project_id"), r.TextOrNull("availability_zone"));

    private static DnsEntry Read(Row r) => new(r.Text("domain"), r.Text("name"), Ip.Parse(r.Text("address")));
}
