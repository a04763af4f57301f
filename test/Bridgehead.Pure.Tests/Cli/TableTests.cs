using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Pure.Tests.Cli;

public sealed class TableTests
{
    private readonly FakeCloud _cloud = new();

    [Fact]
    public async Task A_list_is_a_left_aligned_table_sorted_by_name()
    {
        _cloud.On("GET servers/detail", $$"""
            {"servers":[{{FakeCloud.ServerJson("web")}},{{FakeCloud.ServerJson("db", "22222222-2222-3333-4444-555555555555", "SHUTOFF")}}]}
            """);
        var run = await _cloud.RunAsync("list");
        run.Should().Be(new Run(0, """
            +--------------------------------------+------+---------+------------+-------------+---------------------------------+
            | ID                                   | Name | Status  | Task State | Power State | Networks                        |
            +--------------------------------------+------+---------+------------+-------------+---------------------------------+
            | 22222222-2222-3333-4444-555555555555 | db   | SHUTOFF | -          | Running     | mynet=10.10.10.2, 192.168.1.233 |
            | 11111111-2222-3333-4444-555555555555 | web  | ACTIVE  | -          | Running     | mynet=10.10.10.2, 192.168.1.233 |
            +--------------------------------------+------+---------+------------+-------------+---------------------------------+

            """, ""));
    }

    [Fact]
    public async Task An_empty_list_has_its_header_and_both_borders()
    {
        _cloud.On("GET os-networks", """{"networks":[]}""");
        (await _cloud.RunAsync("network-list")).Output.Should().Be("+----+-------+------+\n| ID | Label | Cidr |\n+----+-------+------+\n+----+-------+------+\n");
    }

    [Fact]
    public async Task Show_prints_properties_sorted_with_flavor_image_and_addresses_spelt_out()
    {
        var run = await _cloud.WithServer().WithImageAndFlavor().RunAsync("show", "myserver");
        run.Output.Should().Be("""
            +------------------------+-----------------------------------------------+
            | Property               | Value                                         |
            +------------------------+-----------------------------------------------+
            | OS-EXT-STS:power_state | 1                                             |
            | OS-EXT-STS:task_state  | -                                             |
            | flavor                 | m1.tiny (1)                                   |
            | id                     | 11111111-2222-3333-4444-555555555555          |
            | image                  | cirros (aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee) |
            | key_name               | -                                             |
            | metadata               | {"a": "1", "b": "2"}                          |
            | mynet network          | 10.10.10.2, 192.168.1.233                     |
            | name                   | myserver                                      |
            | security_groups        | default, web                                  |
            | status                 | ACTIVE                                        |
            | tenant_id              | p1                                            |
            +------------------------+-----------------------------------------------+

            """);
    }

    [Fact]
    public async Task Numbers_sort_as_numbers_and_missing_cells_are_empty()
    {
        _cloud.On("GET os-floating-ips", """
            {"floating_ips":[{"id":10,"ip":"192.168.1.234","pool":"nova","fixed_ip":null,"instance_id":null},{"id":9,"ip":"192.168.1.233","fixed_ip":"10.10.10.2","instance_id":"i"}]}
            """);
        (await _cloud.RunAsync("floating-ip-list")).Output.Should().Be("""
            +----+---------------+-----------+------------+------+
            | Id | IP            | Server Id | Fixed IP   | Pool |
            +----+---------------+-----------+------------+------+
            | 9  | 192.168.1.233 | i         | 10.10.10.2 |      |
            | 10 | 192.168.1.234 | -         | -          | nova |
            +----+---------------+-----------+------------+------+

            """);
    }

    [Fact]
    public async Task Wide_characters_take_two_columns_and_combining_ones_none()
    {
        _cloud.On("GET os-networks", """{"networks":[{"id":"1","label":"内网","cidr":"e\u0301"}]}""");
        (await _cloud.RunAsync("network-list")).Output.Should().Contain("| 1  | 内网  | e\u0301    |\n");
    }

    [Theory]
    [InlineData("\\u001b[2Jgone", @"\x1b[2Jgone")]
    [InlineData("a\\nb\\tc\\r", @"a\nb\tc\r")]
    [InlineData("\\u009b31m", @"\x9b31m")]
    [InlineData("\\u202etxt", @"\u202etxt")]
    [InlineData("\\u0007\\u007f", @"\x07\x7f")]
    public async Task Text_of_strangers_cannot_steer_the_terminal(string json, string shown)
    {
        _cloud.On("GET os-networks", $$"""{"networks":[{"id":"1","label":"{{json}}","cidr":"c"}]}""");
        var run = await _cloud.RunAsync("network-list");
        run.Output.Should().Contain($"| {shown} ");
        run.Output.Replace("\n", "", StringComparison.Ordinal).Any(char.IsControl).Should().BeFalse();
    }

    [Fact]
    public async Task A_console_keeps_its_lines_but_not_its_escapes()
    {
        _cloud.WithServer().On($"POST servers/{FakeCloud.Server}/action", """{"output":"one\r\ntwo\u001b]0;title\u0007\n"}""");
        var run = await _cloud.RunAsync("console-log", "--length", "2", "myserver");
        run.Output.Should().Be("one\ntwo\\x1b]0;title\\x07\n");
        _cloud.Asked[^1].Should().Be($$$"""POST servers/{{{FakeCloud.Server}}}/action {"os-getConsoleOutput":{"length":2}}""");
    }

    [Fact]
    public async Task An_error_of_the_server_is_made_harmless_too()
    {
        _cloud.On("GET os-networks", """{"badRequest":{"code":400,"message":"\u001b[31mred"}}""", 400);
        (await _cloud.RunAsync("network-list")).Error.Should().Be("ERROR (BadRequest): \\x1b[31mred (HTTP 400) (Request-ID: req-1)\n");
    }
}
