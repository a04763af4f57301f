using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage floating</c>.</summary>
internal static class FloatingCategory
{
    private static readonly Parameter Range = new("ip_range", "a range, whose first and last address are left out, or one address") { Required = true };

    public static ManageCategory Category { get; } = new("floating", "floating addresses",
    [
        new ManageAction(
            "create", "add addresses to a pool", [Range, new Parameter("pool", "name of the pool; else default_floating_pool"), new Parameter("interface", "interface that carries them; else public_interface")], CreateAsync),
        new ManageAction("delete", "remove addresses", [Range], DeleteAsync),
        new ManageAction("list", "list addresses", [new Parameter("host", "only those active on this host")], ListAsync),
    ]);

    private static async Task<int> CreateAsync(ManageCall call) =>
        call.End(await new FloatingIpActions(await call.StoreAsync(), call.Settings).CreateRangeAsync(call["ip_range"]!, call["pool"], call["interface"], call.Cancel));

    private static async Task<int> DeleteAsync(ManageCall call) =>
        call.End(await new FloatingIpActions(await call.StoreAsync(), call.Settings).DeleteRangeAsync(call["ip_range"]!, call.Cancel));

    private static async Task<int> ListAsync(ManageCall call)
    {
        var host = call["host"];
        var all = await call.ReadAsync<List<FloatingIp>>(s => host is null ? s.FloatingIps.ListAsync(call.Cancel) : s.FloatingIps.OnHostAsync(host, call.Cancel));
        if (all.Count == 0)
        {
            await call.Output.WriteLineAsync("No floating IP addresses have been defined.");
        }

        foreach (var f in all)
        {
            await call.Output.WriteLineAsync(Layout.Tabs([], f.ProjectId, f.Address, f.InstanceUuid, f.Pool, f.Interface));
        }

        return 0;
    }
}
