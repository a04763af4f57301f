using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage service</c> and <c>nova-manage host</c>.</summary>
internal static class ServiceCategory
{
    private static readonly int[] Widths = [16, 36, 16, 10, 5, 10];
    private static readonly Parameter Host = new("host", "the service's host");
    private static readonly Parameter Binary = new("service", "the service, such as nova-compute");

    public static ManageCategory Category { get; } = new("service", "daemons",
    [
        new ManageAction("list", "list daemons: :-) is alive, XXX has not been heard of for service_down_time", [Host, Binary], ListAsync),
        new ManageAction("enable", "let a service take new work", [Host with { Required = true }, Binary with { Required = true }], call => SetAsync(call, disabled: false)),
        new ManageAction("disable", "give a service no new work", [Host with { Required = true }, Binary with { Required = true }], call => SetAsync(call, disabled: true)),
    ]);

    public static ManageCategory Hosts { get; } = new("host", "machines", [new ManageAction("list", "list machines", [new Parameter("zone", "only those of this zone")], HostsAsync)]);

    private static async Task<int> ListAsync(ManageCall call)
    {
        var services = (await call.ReadAsync(s => s.Services.ListAsync(call.Cancel)))
            .Where(s => (call["host"] ?? s.Host) == s.Host && (call["service"] ?? s.Binary) == s.Binary);
        var alive = (await call.StoreAsync()).Now.AddSeconds(-call.Settings.ServiceDownTime);
        await call.Output.WriteLineAsync(Layout.Blanks(Widths, "Binary", "Host", "Zone", "Status", "State", "Updated_At"));
        foreach (var s in services)
        {
            var state = s.UpdatedAt >= alive ? ":-)" : "XXX";
            await call.Output.WriteLineAsync(Layout.Blanks(Widths, s.Binary, s.Host, s.Zone, s.Disabled ? "disabled" : "enabled", state, Layout.Time(s.UpdatedAt)));
        }

        return 0;
    }

    private static async Task<int> SetAsync(ManageCall call, bool disabled)
    {
        var store = await call.StoreAsync();
        var known = await store.WriteAsync(s => s.Services.SetDisabledAsync(call["host"]!, call["service"]!, disabled, null, call.Cancel), call.Cancel);
        return known ? 0 : call.Refuse($"Unable to find service {call["service"]} on host {call["host"]}.");
    }

    private static async Task<int> HostsAsync(ManageCall call)
    {
        var services = await call.ReadAsync(s => s.Services.ListAsync(call.Cancel));
        await call.Output.WriteLineAsync(Layout.Tabs([25, 15], "host", "zone"));
        var zones = services.GroupBy(s => s.Host).Select(of => (Host: of.Key, (of.FirstOrDefault(s => s.Binary == Binaries.Compute) ?? of.First()).Zone));
        foreach (var (host, zone) in zones.Where(h => (call["zone"] ?? h.Zone) == h.Zone).OrderBy(h => h.Host, StringComparer.Ordinal))
        {
            await call.Output.WriteLineAsync(Layout.Tabs([25, 15], host, zone));
        }

        return 0;
    }
}
