namespace Bridgehead.Api.Tests;

/// <summary>More right requests than the one that the table has for a route: another body, or a query.</summary>
internal static class MoreRequests
{
    private const string V = "/compute/v2.1";

    private static readonly (string Method, string Path, string? Body)[] All =
    [
        ("POST", "/identity/v3/auth/tokens", Cloud.LoginBody("admin", "wrong", "admin")),
        ("POST", $"{V}/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1","networks":[{"uuid":"NETWORK","fixed_ip":"10.7.0.9"}],"metadata":{"a":"b"},"min_count":1,"max_count":1,"user_data":"YQ==","security_groups":[{"name":"default"}]}}"""),
        ("POST", $"{V}/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1","description":"d","availability_zone":"nova","accessIPv4":"1.2.3.4","config_drive":true,"networks":"auto"}}"""),
        ("PUT", $"{V}/servers/SERVER", """{"server":{"name":"b","accessIPv4":"1.2.3.4","description":"c"}}"""),
        ("GET", $"{V}/servers/detail?name=a&status=ACTIVE&limit=5&marker=SERVER&changes-since=2020-01-01T00:00:00Z&ip=10.7&all_tenants=1", null),
        ("POST", $"{V}/servers/SERVER/action", """{"reboot":{"type":"HARD"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"addFixedIp":{"networkId":"1"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"removeFixedIp":{"address":"10.7.0.99"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"addFloatingIp":{"address":"192.168.66.1","fixed_address":"10.7.0.2"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"addSecurityGroup":{"name":"owned"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"os-getConsoleOutput":{"length":5}}"""),
        ("GET", $"{V}/servers?sort_key=display_name&sort_dir=asc&sort_key=vm_state&tags=a&not-tags-any=b,c&power_state=1&launched_at=2020-01-01T00:00:00Z&ip6=fd00&deleted=1&status=SHUTOFF&status=ERROR", null),
        ("POST", $"{V}/servers/SERVER/action", """{"rebuild":{"imageRef":"IMAGE","name":"r","metadata":{"a":"b"},"adminPass":"x","accessIPv4":"1.2.3.4","OS-DCF:diskConfig":"AUTO","personality":[{"path":"/a","contents":"YQ=="}]}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"resize":{"flavorRef":"2","OS-DCF:diskConfig":"AUTO"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"os-resetState":{"state":"error"}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"pause":null}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"os-getVNCConsole":{"type":"novnc"}}"""),
        ("POST", $"{V}/servers", """{"server":{"name":"a","imageRef":"IMAGE","flavorRef":"1"},"os:scheduler_hints":{"group":"SERVER","different_host":["SERVER"],"same_host":"SERVER"}}"""),
        ("POST", $"{V}/servers/SERVER/metadata", """{"metadata":{"a":"b"}}"""),
        ("PUT", $"{V}/servers/SERVER/metadata/a", """{"meta":{"a":"b"}}"""),
        ("GET", $"{V}/servers/SERVER/os-instance-actions/req-1", null),
        ("GET", $"{V}/servers/SERVER/ips/taken", null),
        ("POST", $"{V}/os-networks", """{"network":{"label":"a","cidr":"10.200.0.0/30","gateway":"10.200.0.1","dns1":"8.8.8.8","mtu":1500,"multi_host":"True","allowed_start":"10.200.0.2"}}"""),
        ("POST", $"{V}/os-networks", """{"network":{"label":"a","cidr_v6":"fd00::/64","gateway_v6":"fd00::1"}}"""),
        ("POST", $"{V}/os-networks/NETWORK/action", """{"associate_host":"h"}"""),
        ("POST", $"{V}/os-networks/add", """{"id":"NETWORK"}"""),
        ("POST", $"{V}/os-tenant-networks", """{"network":{"label":"a","cidr":"10.201.0.0/24","num_networks":2,"network_size":16}}"""),
        ("POST", $"{V}/os-fixed-ips/10.7.0.44/action", """{"reserve":null}"""),
        ("POST", $"{V}/os-floating-ips", """{"pool":"owned"}"""),
        ("POST", $"{V}/os-floating-ips-bulk", """{"floating_ips_bulk_create":{"ip_range":"192.168.77.0/30","pool":"p","interface":"eth0"}}"""),
        ("PUT", $"{V}/os-floating-ips-bulk/delete", """{"ip_range":"192.168.66.0/30"}"""),
        ("PUT", $"{V}/os-floating-ip-dns/example.org", """{"domain_entry":{"scope":"public","project":"p"}}"""),
        ("PUT", $"{V}/os-floating-ip-dns/example.org/entries/www", """{"dns_entry":{"ip":"1.2.3.4","dns_type":"A"}}"""),
        ("POST", $"{V}/os-security-groups", """{"security_group":{"name":"g","description":"d"}}"""),
        ("PUT", $"{V}/os-security-groups/GROUP", """{"security_group":{"name":"other","description":"d"}}"""),
        ("POST", $"{V}/os-security-group-rules", """{"security_group_rule":{"parent_group_id":GROUP,"ip_protocol":"tcp","from_port":1,"to_port":2,"cidr":"0.0.0.0/0","group_id":null}}"""),
        ("POST", $"{V}/os-security-group-rules", """{"security_group_rule":{"parent_group_id":GROUP,"ip_protocol":"icmp","from_port":-1,"to_port":-1,"group_id":GROUP}}"""),
        ("POST", $"{V}/os-security-group-default-rules", """{"security_group_default_rule":{"ip_protocol":"udp","from_port":1,"to_port":2,"cidr":"10.0.0.0/8"}}"""),
        ("POST", $"{V}/os-keypairs", """{"keypair":{"name":"k","public_key":"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== c","type":"ssh"}}"""),
        ("POST", $"{V}/flavors", """{"flavor":{"id":"9","name":"f","ram":64,"disk":1,"vcpus":1,"swap":0,"os-flavor-access:is_public":true}}"""),
        ("GET", $"{V}/flavors/detail?minRam=5&minDisk=6", null),
        ("PUT", $"{V}/os-quota-sets/someone", """{"quota_set":{"cores":5,"force":true}}"""),
        ("PUT", $"{V}/os-services/disable-log-reason", """{"host":"compute1","binary":"nova-compute","disabled_reason":"r"}"""),
        ("GET", "/image/v2/images?limit=5&marker=IMAGE&sort=name:asc,size&visibility=all&member_status=all&os_hidden=true&tag=a&size_min=1&created_at=gt:2020-01-01T00:00:00Z&name=in:a,b&a=b", null),
        ("GET", "/image/v2/images?sort_key=name&sort_dir=asc&protected=false&status=active&id=IMAGE", null),
        ("POST", "/image/v2/images", """{"name":"a","visibility":"shared","protected":false,"os_hidden":false,"container_format":"bare","disk_format":"raw","min_disk":1,"min_ram":64,"tags":["t"],"a":"b"}"""),
        ("PATCH", "/image/v2/images/IMAGE", """[{"op":"replace","path":"/name","value":"busybox"}]"""),
        ("GET", $"{V}/images/detail?name=a&status=ACTIVE&server=SERVER&type=snapshot&changes-since=2020-01-01T00:00:00Z&minDisk=1&minRam=1&limit=5&marker=IMAGE", null),
        ("POST", $"{V}/servers/SERVER/action", """{"createImage":{"name":"a","metadata":{"b":"c"}}}"""),
        ("POST", $"{V}/servers/SERVER/action", """{"createBackup":{"name":"a","backup_type":"daily","rotation":1,"metadata":{"b":"c"}}}"""),
    ];

    public static IEnumerable<Template> Of(InhabitedCloud cloud) => All.Select(request => new Template(
        new Route(request.Method, request.Path, Access.User, 1, int.MaxValue), cloud.Things.Fill(request.Path), request.Body is null ? null : cloud.Things.Fill(request.Body)));
}
