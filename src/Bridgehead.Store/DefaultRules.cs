using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>default_rules</c>: the rules that a new group "default" begins with.</summary>
public sealed class DefaultRules(Session session)
{
    public Task<List<SecurityGroupRule>> ListAsync(CancellationToken cancel) => session.Sql.ListAsync("select * from default_rules order by id", Read, cancel);

    public Task<long> AddAsync(SecurityGroupRule rule, CancellationToken cancel) => session.Sql.NumberAsync(
        "insert into default_rules (protocol, from_port, to_port, cidr) values (@protocol, @from, @to, @cidr) returning id",
        cancel,
        ("protocol", rule.Protocol),
        ("from", rule.FromPort),
        ("to", rule.ToPort),
        ("cidr", rule.CidrText));

    public async Task<bool> RemoveAsync(long id, CancellationToken cancel) => await session.Sql.ExecuteAsync("delete from default_rules where id = @id", cancel, ("id", id)) == 1;

    private static SecurityGroupRule Read(Row r) => SecurityGroups.WithCidr(
        new SecurityGroupRule { Id = r.Number("id"), ParentGroupId = 0, ProtocolText = r.Text("protocol"), FromPort = r.Int("from_port"), ToPort = r.Int("to_port") },
        r.Text("cidr"));
}
