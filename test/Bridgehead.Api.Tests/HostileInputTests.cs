using System.Text.Json;
using AwesomeAssertions;
using CsCheck;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Requests that are nearly right, at every route: never the server's failure, and a refusal is always OpenStack's.</summary>
public sealed class HostileInputTests(InhabitedCloud cloud) : IClassFixture<InhabitedCloud>
{
    private const string V = "/compute/v2.1";

    private static readonly (string Method, string Path, string Body)[] Valid =
    [
        ("POST", "/identity/v3/auth/tokens", Cloud.LoginBody("admin", "wrong", "admin")),
        ("POST", $"{V}/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1","networks":[{"uuid":"SERVER","fixed_ip":"10.7.0.9"}],"metadata":{"a":"b"},"min_count":1,"max_count":1,"user_data":"YQ==","security_groups":[{"name":"default"}]}}"""),
        ("POST", $"{V}/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1","description":"d","availability_zone":"nova","accessIPv4":"1.2.3.4","config_drive":true,"networks":"auto"}}"""),
        ("PUT", $"{V}/servers/SERVER", """{"server":{"name":"b","accessIPv4":"1.2.3.4","description":"c"}}"""),
        ("GET", $"{V}/servers/detail?name=a&status=ACTIVE&limit=5&marker=SERVER&changes-since=2020-01-01T00:00:00Z&ip=10.7&all_tenants=1", ""),
        ("POST", $"{V}/servers/SERVER/action", """{"reboot":{"type":"HARD"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"addFixedIp":{"networkId":"1"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"removeFixedIp":{"address":"10.7.0.99"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"addFloatingIp":{"address":"192.168.5.1","fixed_address":"10.7.0.2"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"addSecurityGroup":{"name":"x"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"os-getConsoleOutput":{"length":5}}"""),
        ("POST", $"{V}/servers/SERVER/metadata", """{"metadata":{"a":"b"}}"""),
        ("PUT", $"{V}/servers/SERVER/metadata/a", """{"meta":{"a":"b"}}"""),
        ("GET", $"{V}/servers/SERVER/os-instance-actions/req-1", ""),
        ("GET", $"{V}/servers/SERVER/ips/taken", ""),
        ("POST", $"{V}/os-networks", """{"network":{"label":"a","cidr":"10.200.0.0/30","gateway":"10.200.0.1","dns1":"8.8.8.8","mtu":1500,"multi_host":"True","allowed_start":"10.200.0.2"}}"""),
        ("POST", $"{V}/os-networks", """{"network":{"label":"a","cidr_v6":"fd00::/64","gateway_v6":"fd00::1"}}"""),
        ("POST", $"{V}/os-networks/SERVER/action", """{"associate_host":"h"}"""),
        ("POST", $"{V}/os-networks/add", """{"id":"SERVER"}"""),
        ("POST", $"{V}/os-tenant-networks", """{"network":{"label":"a","cidr":"10.201.0.0/24","num_networks":2,"network_size":16}}"""),
        ("POST", $"{V}/os-fixed-ips/10.7.0.44/action", """{"reserve":null}"""),
        ("POST", $"{V}/os-floating-ips", """{"pool":"nova"}"""),
        ("POST", $"{V}/os-floating-ips-bulk", """{"floating_ips_bulk_create":{"ip_range":"192.168.77.0/30","pool":"p","interface":"eth0"}}"""),
        ("PUT", $"{V}/os-floating-ips-bulk/delete", """{"ip_range":"192.168.77.0/30"}"""),
        ("PUT", $"{V}/os-floating-ip-dns/example.org", """{"domain_entry":{"scope":"public","project":"p"}}"""),
        ("PUT", $"{V}/os-floating-ip-dns/example.org/entries/www", """{"dns_entry":{"ip":"1.2.3.4","dns_type":"A"}}"""),
        ("POST", $"{V}/os-security-groups", """{"security_group":{"name":"g","description":"d"}}"""),
        ("PUT", $"{V}/os-security-groups/GROUP", """{"security_group":{"name":"default","description":"d"}}"""),
        ("POST", $"{V}/os-security-group-rules", """{"security_group_rule":{"parent_group_id":GROUP,"ip_protocol":"tcp","from_port":1,"to_port":2,"cidr":"0.0.0.0/0","group_id":null}}"""),
        ("POST", $"{V}/os-security-group-default-rules", """{"security_group_default_rule":{"ip_protocol":"udp","from_port":1,"to_port":2,"cidr":"10.0.0.0/8"}}"""),
        ("POST", $"{V}/os-keypairs", """{"keypair":{"name":"k","public_key":"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== c","type":"ssh"}}"""),
        ("POST", $"{V}/flavors", """{"flavor":{"id":"9","name":"f","ram":64,"disk":1,"vcpus":1,"swap":0,"os-flavor-access:is_public":true}}"""),
        ("GET", $"{V}/flavors/detail?minRam=5&minDisk=6", ""),
        ("PUT", $"{V}/os-quota-sets/someone", """{"quota_set":{"cores":5,"force":true}}"""),
        ("PUT", $"{V}/os-services/disable-log-reason", """{"host":"h","binary":"nova-compute","disabled_reason":"r"}"""),
        ("GET", $"{V}/os-hypervisors/1/servers", ""),
        ("GET", "/image/v2/images/IMAGE", ""),
        ("GET", "/image/v2/images?limit=5&marker=IMAGE&sort=name:asc,size&visibility=all&member_status=all&os_hidden=true&tag=a&size_min=1&created_at=gt:2020-01-01T00:00:00Z&name=in:a,b&a=b", ""),
        ("GET", "/image/v2/images?sort_key=name&sort_dir=asc&protected=false&status=active&id=IMAGE", ""),
        ("POST", "/image/v2/images", """{"name":"a","visibility":"shared","protected":false,"os_hidden":false,"container_format":"bare","disk_format":"raw","min_disk":1,"min_ram":64,"tags":["t"],"a":"b"}"""),
        ("POST", "/image/v2/images/IMAGE/members", """{"member":"m"}"""),
        ("PUT", "/image/v2/images/IMAGE/members/m", """{"status":"accepted"}"""),
        ("PUT", "/image/v2/images/IMAGE/tags/t", ""),
        ("POST", "/image/v2/images/IMAGE/actions/reactivate", ""),
        ("PATCH", "/image/v2/images/IMAGE", """[{"op":"replace","path":"/name","value":"busybox"}]"""),
        ("GET", $"{V}/images/detail?name=a&status=ACTIVE&server=SERVER&type=snapshot&changes-since=2020-01-01T00:00:00Z&minDisk=1&minRam=1&limit=5&marker=IMAGE", ""),
        ("POST", $"{V}/servers/SERVER/action", """{"createImage":{"name":"a","metadata":{"b":"c"}}}"""),
    ];

    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "2147483647", "2147483648", "-9223372036854775808", "1e400", "0.5", "\"\"", "\" \"", "\"x\"", "\"-1\"", "\"1\"", "[]", "{}", "[null]", "[[{}]]", "{\"a\":{}}",
        "\"\\u0000\"", "\"\\ud800\"", "\"a\\nb\"", "\"a,b\"", "\"$(reboot)\"", "\"' or 1=1 --\"", "\"../../etc\"", "\"0.0.0.0/0\"", "\"::/0\"", "\"10.0.0.0/33\"", "\"255.255.255.255\"",
        "\"0.0.0.0\"", "\"::ffff:10.0.0.1\"", "\"fe80::1%eth0\"", "\"00000000-0000-0000-0000-000000000000\"", "\"9999-99-99\"", "\"\\ud83d\\ude00\"",
    ];

    private static readonly string[] Segments = ["%20", "%2F", "..", "0", "-1", "99999999999999999999", "x", "%F0%9F%98%80", "%252E", "a%0Ab", "'", "00000000-0000-0000-0000-000000000000", "%2500"];

    private static readonly Gen<Func<string, string>> Mutation = Gen.OneOf(
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, Values.Length - 1].Select(i => Values[i])).Select((at, value) => (Func<string, string>)(body => Replaced(body, at, value))),
        Gen.Int[0, 1000].Select(at => (Func<string, string>)(body => body.Length == 0 ? body : body[..(at % body.Length)])),
        Gen.Select(Gen.Int[0, 1000], Gen.Char).Select((at, c) => (Func<string, string>)(body => body.Insert(at % (body.Length + 1), char.IsSurrogate(c) ? "\\" : $"{c}"))),
        Gen.Int[0, 1000].Select(_ => (Func<string, string>)(body => body.Replace(':', ','))),
        Gen.Int[0, 1000].Select(depth => (Func<string, string>)(_ => new string('[', depth))));

    [Fact]
    public async Task A_request_that_is_nearly_right_never_breaks_the_server()
    {
        var requests = Gen.Select(Gen.Int[0, Valid.Length - 1], Gen.Int[0, 1000], Gen.Int[0, Segments.Length - 1].Select(i => Segments[i]), Gen.Int[0, 2], Mutation);
        await requests.SampleAsync(
            async (which, at, segment, where, mutate) =>
            {
                var (method, path, body) = Valid[which];
                path = Filled(where >= 1 ? Bent(path, at, segment) : path);
                body = Filled(where == 1 ? body : mutate(body));
                var answer = await cloud.SendAsync(method, path, method == "GET" ? null : body, "admin", at % 3 == 0 ? "2.42" : null);
                answer.Code.Should().BeLessThan(500, $"{method} {path} {body} was answered {answer.Text}");
                if (answer.Code >= 400)
                {
                    RefusalTests.Check(answer, answer.Code);
                }
            },
            iter: 5000,
            threads: 2);
    }

    /// <summary>The body with the value of its n-th property, at any depth, replaced.</summary>
    private static string Replaced(string body, int n, string value)
    {
        var places = new List<int>();
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == ':' && i > 0 && body[i - 1] == '"')
            {
                places.Add(i + 1);
            }
        }

        if (places.Count == 0)
        {
            return body;
        }

        var start = places[n % places.Count];
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(body[start..].Replace("GROUP", "12345")), isFinalBlock: false, default);
        reader.Read();
        reader.TrySkip();
        return body[..start] + value + body[start..].Replace("GROUP", "12345")[(int)reader.BytesConsumed..];
    }

    private static string Bent(string path, int n, string segment)
    {
        var cut = path.IndexOf('?');
        if (cut >= 0)
        {
            var pairs = path[(cut + 1)..].Split('&');
            pairs[n % pairs.Length] = pairs[n % pairs.Length].Split('=')[0] + "=" + segment;
            return path[..(cut + 1)] + string.Join('&', pairs);
        }

        var parts = path.Split('/');
        parts[Math.Max(1, n % parts.Length)] = segment;
        return string.Join('/', parts);
    }

    private string Filled(string text) => text.Replace("GROUP", $"{cloud.Group}").Replace("IMAGE", cloud.Image).Replace("SERVER", $"{cloud.Owned}");
}
