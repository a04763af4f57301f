using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>os-security-groups, their rules and the default rules, line by line of their contract.</summary>
public sealed class SecurityGroupTests(Cloud cloud) : IClassFixture<Cloud>
{
    private const string V = "/compute/v2.1/os-security-groups";
    private const string Rules = "/compute/v2.1/os-security-group-rules";
    private const string Defaults = "/compute/v2.1/os-security-group-default-rules";

    [Fact]
    public async Task A_group_is_made_changed_listed_and_deleted()
    {
        var member = await cloud.MemberAsync("grouped");
        var made = await cloud.PostAsync(V, """{"security_group":{"name":" spaced ","description":""}}""", member);
        made.Code.Should().Be(200, made.Text);
        var group = made.Json.GetProperty("security_group");
        group.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "name", "description", "tenant_id", "rules");
        group.GetProperty("name").GetString().Should().Be(" spaced ");
        var path = $"{V}/{group.GetProperty("id").GetInt64()}";
        RefusalTests.Check(await cloud.PostAsync(V, """{"security_group":{"name":" spaced ","description":""}}""", member), 400);
        (await cloud.SendAsync("PUT", path, """{"security_group":{"name":"a","description":"changed"}}""", member)).Json.GetProperty("security_group").GetProperty("description").GetString().Should().Be("changed");
        (await NamesAsync("", member)).Should().Equal("a", "default");
        (await NamesAsync("?limit=1", member)).Should().Equal("a");
        (await NamesAsync("?limit=1&offset=1", member)).Should().Equal("default");
        (await NamesAsync("?offset=2", member)).Should().BeEmpty();
        RefusalTests.Check(await cloud.GetAsync($"{V}?limit=-1", member), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}?offset=x", member), 400);
        (await NamesAsync("?all_tenants=1")).Should().Contain("a");
        (await NamesAsync("")).Should().NotContain("a");
        RefusalTests.Check(await cloud.GetAsync(path, await cloud.MemberAsync("ungrouped")), 404);
        (await cloud.GetAsync(path)).Code.Should().Be(200);
        (await cloud.SendAsync("DELETE", path, null, member)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null, member), 404);
        RefusalTests.Check(await cloud.GetAsync(path, member), 404);
    }

    [Theory]
    [InlineData("""{"security_group":{"name":"","description":"d"}}""")]
    [InlineData("""{"security_group":{"name":"   ","description":"d"}}""")]
    [InlineData("""{"security_group":{"name":5,"description":"d"}}""")]
    [InlineData("""{"security_group":{"name":"a","description":null}}""")]
    [InlineData("""{"security_group":{"name":"a"}}""")]
    [InlineData("""{"security_group":{"description":"d"}}""")]
    [InlineData("""{"security_group":{"name":"LONG","description":"d"}}""")]
    [InlineData("""{"security_group":{"name":"a","description":"LONG"}}""")]
    [InlineData("""{"group":{"name":"a","description":"d"}}""")]
    public async Task A_group_that_is_none_is_refused(string body)
    {
        var group = await GroupAsync("refused into");
        var before = (await cloud.GetAsync(V)).Text;
        RefusalTests.Check(await cloud.PostAsync(V, body.Replace("LONG", new string('x', 256))), 400);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/{group}", body.Replace("LONG", new string('x', 256))), 400);
        (await cloud.GetAsync(V)).Text.Should().Be(before);
    }

    [Fact]
    public async Task Groups_in_use_and_the_default_one_stay()
    {
        var group = await GroupAsync("in use");
        await cloud.BootAsync("grouped", ""","security_groups":[{"name":"in use"}]""");
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/{group}", null), 400);
        var standard = (await cloud.GetAsync(V)).Json.GetProperty("security_groups").EnumerateArray().First(g => g.GetProperty("name").GetString() == "default").GetProperty("id").GetInt64();
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/{standard}", null), 400);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{V}/{standard}", """{"security_group":{"name":"other","description":"d"}}"""), 400);
        (await cloud.SendAsync("PUT", $"{V}/{standard}", """{"security_group":{"name":"default","description":"d"}}""")).Code.Should().Be(200);
        foreach (var (method, body) in new[] { ("GET", null), ("DELETE", null), ("PUT", """{"security_group":{"name":"a","description":"d"}}""") })
        {
            RefusalTests.Check(await cloud.SendAsync(method, $"{V}/in%20use", body), 400);
            RefusalTests.Check(await cloud.SendAsync(method, $"{V}/99999", body), 404);
        }
    }

    [Fact]
    public async Task Groups_and_rules_are_counted()
    {
        var member = await cloud.MemberAsync("many groups");
        var project = (await cloud.Store.ReadAsync(s => s.Identities.ProjectByNameAsync("default", "many groups", default), default))!.Id;
        await cloud.SendAsync("PUT", $"/compute/v2.1/os-quota-sets/{project}", """{"quota_set":{"security_groups":2,"security_group_rules":1,"force":true}}""");
        var group = (await cloud.PostAsync(V, """{"security_group":{"name":"one","description":""}}""", member)).Json.GetProperty("security_group").GetProperty("id").GetInt64();
        RefusalTests.Check(await cloud.PostAsync(V, """{"security_group":{"name":"two","description":""}}""", member), 403);
        (await cloud.PostAsync(Rules, Rule(group, "tcp", 1, 2), member)).Code.Should().Be(200);
        RefusalTests.Check(await cloud.PostAsync(Rules, Rule(group, "tcp", 3, 4), member), 403);
    }

    [Fact]
    public async Task A_rule_has_one_source_and_the_other_is_empty()
    {
        var group = await GroupAsync("ruled");
        var source = await GroupAsync("source");
        var range = (await cloud.PostAsync(Rules, $$$"""{"security_group_rule":{"parent_group_id":"{{{group}}}","ip_protocol":"TCP","from_port":"22","to_port":"22","cidr":null,"group_id":null}}""")).Json.GetProperty("security_group_rule");
        range.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "parent_group_id", "ip_protocol", "from_port", "to_port", "ip_range", "group");
        range.GetProperty("ip_protocol").GetString().Should().Be("TCP");
        range.GetProperty("ip_range").GetRawText().Should().Be("""{"cidr":"0.0.0.0/0"}""");
        range.GetProperty("group").GetRawText().Should().Be("{}");
        var named = await AddAsync($$"""{"parent_group_id":{{group}},"ip_protocol":"tcp","from_port":null,"to_port":null,"cidr":null,"group_id":{{source}}}""");
        named.GetProperty("ip_range").GetRawText().Should().Be("{}");
        named.GetProperty("group").GetProperty("name").GetString().Should().Be("source");
        (named.GetProperty("from_port").GetInt32(), named.GetProperty("to_port").GetInt32()).Should().Be((1, 65535));
        var icmp = await AddAsync($$"""{"parent_group_id":{{group}},"ip_protocol":"icmp","group_id":{{source}}}""");
        (icmp.GetProperty("from_port").GetInt32(), icmp.GetProperty("to_port").GetInt32()).Should().Be((-1, -1));
        var any = await AddAsync($$"""{"parent_group_id":{{group}},"group_id":{{source}}}""");
        any.GetProperty("ip_protocol").ValueKind.Should().Be(JsonValueKind.Null);
        any.GetProperty("from_port").ValueKind.Should().Be(JsonValueKind.Null);
        (await cloud.GetAsync($"{V}/{group}")).Json.GetProperty("security_group").GetProperty("rules").GetArrayLength().Should().Be(4);
        (await cloud.GetAsync(V)).Json.GetProperty("security_groups").EnumerateArray().First(g => g.GetProperty("name").GetString() == "ruled").GetProperty("rules")[1].GetProperty("group").GetProperty("name").GetString()
            .Should().Be("source");

        // Rules that name a group go with it.
        (await cloud.SendAsync("DELETE", $"{V}/{source}", null)).Code.Should().Be(202);
        (await cloud.GetAsync($"{V}/{group}")).Json.GetProperty("security_group").GetProperty("rules").GetArrayLength().Should().Be(1);
        var path = $"{Rules}/{range.GetProperty("id").GetInt64()}";
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null, await cloud.MemberAsync("rule stranger")), 404);
        (await cloud.SendAsync("DELETE", path, null)).Code.Should().Be(202);
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Rules}/x", null), 400);
    }

    [Theory]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":0,\"to_port\":1")]
    [InlineData("\"ip_protocol\":\"udp\",\"from_port\":1,\"to_port\":65536")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":2,\"to_port\":1")]
    [InlineData("\"ip_protocol\":\"icmp\",\"from_port\":-2,\"to_port\":1")]
    [InlineData("\"ip_protocol\":\"icmp\",\"from_port\":1,\"to_port\":256")]
    [InlineData("\"ip_protocol\":\"gre\",\"from_port\":1,\"to_port\":2")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":1")]
    [InlineData("\"from_port\":1,\"to_port\":2")]
    [InlineData("\"cidr\":\"10.0.0.0/8\"")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":\"x\",\"to_port\":2")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":1,\"to_port\":2,\"cidr\":\"10.0.0.0/33\"")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":1,\"to_port\":2,\"cidr\":\"10.0.0.0/0\"")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":1,\"to_port\":2,\"cidr\":\"fd00::/0\"")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":1,\"to_port\":2,\"cidr\":\"10.0.0.1\"")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":1,\"to_port\":2,\"cidr\":\"x\"")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":1,\"to_port\":2,\"group_id\":\"x\"")]
    [InlineData("\"ip_protocol\":\"tcp\",\"from_port\":1,\"to_port\":2,\"group_id\":99999", 404)]
    public async Task A_rule_that_is_none_is_refused(string parts, int status = 400)
    {
        var group = await GroupAsync("unruled");
        RefusalTests.Check(await cloud.PostAsync(Rules, $$$"""{"security_group_rule":{"parent_group_id":{{{group}}},{{{parts}}}}}"""), status);
        (await cloud.GetAsync($"{V}/{group}")).Json.GetProperty("security_group").GetProperty("rules").GetArrayLength().Should().Be(0);
    }

    [Theory]
    [InlineData("10.2.3.124/24", "10.2.3.124/24", "10.2.3.0/24")]
    [InlineData("2001:DB8:0::1/64", "2001:db8::1/64", "2001:db8::/64")]
    public async Task A_range_may_be_given_by_an_address_in_it_and_is_shown_so(string given, string shown, string range)
    {
        var group = await GroupAsync($"inside {range}");
        var rule = await AddAsync($$"""{"parent_group_id":{{group}},"ip_protocol":"tcp","from_port":1,"to_port":2,"cidr":"{{given}}"}""");
        rule.GetProperty("ip_range").GetProperty("cidr").GetString().Should().Be(shown);
        (await cloud.GetAsync($"{V}/{group}")).Json.GetProperty("security_group").GetProperty("rules")[0].GetRawText().Should().Be(rule.GetRawText());
        (await cloud.Store.ReadAsync(s => s.SecurityGroups.RulesOfAsync(group, default), default))[0].Cidr.Should().Be(Cidr.Parse(range));
        RefusalTests.Check(await cloud.PostAsync(Rules, $$$"""{"security_group_rule":{"parent_group_id":{{{group}}},"ip_protocol":"tcp","from_port":1,"to_port":2,"cidr":"{{{range}}}"}}"""), 400);

        var made = await cloud.PostAsync(Defaults, $$$"""{"security_group_default_rule":{"ip_protocol":"tcp","from_port":1,"to_port":2,"cidr":"{{{given}}}"}}""");
        var standard = made.Json.GetProperty("security_group_default_rule");
        standard.GetProperty("ip_range").GetProperty("cidr").GetString().Should().Be(shown);
        (await cloud.SendAsync("DELETE", $"{Defaults}/{standard.GetProperty("id").GetInt64()}", null)).Code.Should().Be(204);
    }

    [Fact]
    public async Task A_rules_parent_is_a_group_of_the_project()
    {
        var group = await GroupAsync("parent");
        RefusalTests.Check(await cloud.PostAsync(Rules, Rule(group, "tcp", 1, 2).Replace($"{group}", "\"x\"")), 400);
        RefusalTests.Check(await cloud.PostAsync(Rules, Rule(99999, "tcp", 1, 2)), 404);
        RefusalTests.Check(await cloud.PostAsync(Rules, Rule(group, "tcp", 1, 2), await cloud.MemberAsync("parentless")), 404);
        (await cloud.PostAsync(Rules, Rule(group, "tcp", 1, 2))).Code.Should().Be(200);
        RefusalTests.Check(await cloud.PostAsync(Rules, Rule(group, "TCP", 1, 2)), 400);
    }

    [Fact]
    public async Task Default_rules_are_made_shown_and_removed()
    {
        var made = await cloud.PostAsync(Defaults, """{"security_group_default_rule":{"ip_protocol":"udp","from_port":"53","to_port":53,"cidr":"10.0.0.0/8"}}""");
        made.Code.Should().Be(200, made.Text);
        var rule = made.Json.GetProperty("security_group_default_rule");
        rule.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("id", "ip_protocol", "from_port", "to_port", "ip_range");
        var path = $"{Defaults}/{rule.GetProperty("id").GetInt64()}";
        (await cloud.GetAsync(path)).Text.Should().Be(made.Text);
        (await cloud.GetAsync(Defaults)).Json.GetProperty("security_group_default_rules").GetArrayLength().Should().BePositive();
        RefusalTests.Check(await cloud.PostAsync(Defaults, """{"security_group_default_rule":{"ip_protocol":"udp","from_port":2,"to_port":1}}"""), 400);
        RefusalTests.Check(await cloud.PostAsync(Defaults, """{"security_group_default_rule":{"from_port":1,"to_port":1}}"""), 400);
        RefusalTests.Check(await cloud.GetAsync(Defaults, await cloud.MemberAsync("default reader")), 403);
        var gone = await cloud.SendAsync("DELETE", path, null);
        gone.Code.Should().Be(204);
        gone.Text.Should().BeEmpty();
        RefusalTests.Check(await cloud.GetAsync(path), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", path, null), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Defaults}/x"), 400);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Defaults}/x", null), 400);
    }

    private static string Rule(long group, string protocol, int from, int to) =>
        $$$"""{"security_group_rule":{"parent_group_id":{{{group}}},"ip_protocol":"{{{protocol}}}","from_port":{{{from}}},"to_port":{{{to}}},"cidr":"0.0.0.0/0","group_id":null}}""";

    private async Task<JsonElement> AddAsync(string rule)
    {
        var made = await cloud.PostAsync(Rules, $$"""{"security_group_rule":{{rule}}}""");
        made.Code.Should().Be(200, made.Text);
        return made.Json.GetProperty("security_group_rule");
    }

    /// <summary>The administrator's group of that name, made when it is first asked for.</summary>
    private async Task<long> GroupAsync(string name)
    {
        var found = (await cloud.GetAsync(V)).Json.GetProperty("security_groups").EnumerateArray().FirstOrDefault(g => g.GetProperty("name").GetString() == name);
        if (found.ValueKind == JsonValueKind.Undefined)
        {
            await cloud.SendAsync("PUT", "/compute/v2.1/os-quota-class-sets/default", """{"quota_class_set":{"security_groups":100}}""");
            found = (await cloud.PostAsync(V, $$$"""{"security_group":{"name":"{{{name}}}","description":"d"}}""")).Json.GetProperty("security_group");
        }

        return found.GetProperty("id").GetInt64();
    }

    private async Task<IEnumerable<string?>> NamesAsync(string query, string token = "admin") =>
        [.. (await cloud.GetAsync(V + query, token)).Json.GetProperty("security_groups").EnumerateArray().Select(g => g.GetProperty("name").GetString())];
}
