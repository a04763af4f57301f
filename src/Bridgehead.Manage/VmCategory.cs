using Bridgehead.Store;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage vm</c>, and <c>nova-manage vpn</c>, which waits for VLAN mode.</summary>
internal static class VmCategory
{
    private static readonly int[] Widths = [20, 15, 10, 10, 19, 36, 32, 32, 10, 5];

    public static ManageCategory Category { get; } = new("vm", "instances", [new ManageAction("list", "list instances", [new Parameter("host", "only those on this host")], ListAsync)]);

    public static ManageCategory Vpn { get; } = new("vpn", "VPNs of projects (not there yet)",
    [
        new ManageAction(
            "change", "not there yet", [new Parameter("project", "project"), new Parameter("ip", "address"), new Parameter("port", "port")],
            call => Task.FromResult(call.Refuse("VLAN mode, and its VPNs, are not there yet."))),
    ]);

    private static async Task<int> ListAsync(ManageCall call)
    {
        var instances = await call.ReadAsync(s => s.Instances.ListAsync(new InstanceFilter().With(InstanceColumn.Host, call["host"]), null, int.MaxValue, call.Cancel));
        await call.Output.WriteLineAsync(Layout.Blanks(Widths, "instance", "node", "type", "state", "launched", "image", "project", "user", "zone", "index"));
        foreach (var i in instances)
        {
            var launched = i.LaunchedAt is { } at ? Layout.Time(at) : null;
            await call.Output.WriteLineAsync(
                Layout.Blanks(Widths, i.DisplayName, i.Host, i.FlavorId, i.VmState, launched, i.ImageId, i.ProjectId, i.UserId, i.AvailabilityZone, i.LaunchIndex));
        }

        return 0;
    }
}
