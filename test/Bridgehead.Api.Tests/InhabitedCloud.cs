using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>A cloud with one of each of the administrator's things, and strangers who may not see them.</summary>
public class InhabitedCloud : Cloud
{
    private const string V = "/compute/v2.1";

    public Guid Owned { get; private set; }

    public string Network { get; private set; } = "";

    public long Group { get; private set; }

    /// <summary>The group's rule.</summary>
    public long Rule { get; private set; }

    /// <summary>A token of a member of another project.</summary>
    public string Stranger { get; private set; } = "";

    /// <summary>A token that allows to read on yet another.</summary>
    public string Reader { get; private set; } = "";

    public Placeholders Things => new($"{Owned}", Image, Network, $"{Group}");

    protected override NovaSettings Configure(NovaSettings settings) => settings with { MyIp = Ip.Parse("192.168.9.90"), FlatInterface = "flat0", PublicInterface = "public0" };

    protected override async Task InhabitAsync()
    {
        Network = await NetworkAsync("taken", "10.7.0.0/24");
        Owned = await BootAsync("owned");
        Stranger = await MemberAsync("stranger");
        Reader = await UserAsync("onlooker", "reader");
        Group = (await MakeAsync("/os-security-groups", """{"security_group":{"name":"owned","description":"d"}}""")).GetProperty("security_group").GetProperty("id").GetInt64();
        var rule = await MakeAsync("/os-security-group-rules", Things.Fill("""{"security_group_rule":{"parent_group_id":GROUP,"ip_protocol":"tcp","from_port":22,"to_port":22,"cidr":"192.0.2.0/24"}}"""));
        Rule = rule.GetProperty("security_group_rule").GetProperty("id").GetInt64();
        await MakeAsync("/os-keypairs", """{"keypair":{"name":"owned"}}""");
        await MakeAsync("/os-floating-ips-bulk", """{"floating_ips_bulk_create":{"ip_range":"192.168.66.0/30","pool":"owned"}}""");
        await MakeAsync("/os-floating-ips", """{"pool":"owned"}""");
    }

    private async Task<System.Text.Json.JsonElement> MakeAsync(string path, string body)
    {
        var made = await PostAsync(V + path, body);
        Assert.True(made.Code == 200, made.Text);
        return made.Json;
    }
}
