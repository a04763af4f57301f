using System.Globalization;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>
/// Old parts of Compute that have nothing behind them here, answered as nova answers in this mode: empty lists where there is nothing to list, 501 with the reason where something would have to be done.
/// </summary>
internal static class AbsentApi
{
    private const string V = "/compute/v2.1";
    private const int LastOfBaremetal = Microversions.LastProxy;
    private const string NoVlan = "Cloudpipe is for VLAN networks: this cloud runs Flat or Flat DHCP, where projects have no VLAN to reach.";
    private const string NoCells = "Cells is not enabled.";
    private const string NoBaremetal = "This cloud has no bare-metal service.";
    private const string NoCertificates = "This cloud has no certificate service (nova-cert).";

    public static void Map(Routes routes)
    {
        routes
            .Map("GET", $"{V}/os-cloudpipe", Access.Admin, call => call.AnswerAsync(200, w => Views.List(w, "cloudpipes", [])))
            .Doc("Lists cloudpipes: there are some in VLAN mode only.")
            .Map("POST", $"{V}/os-cloudpipe", Access.Admin, call => Errors.WriteAsync(call, 400, NoVlan))
            .Doc("Makes a cloudpipe: refused, the networks are not VLANs.", status: 400)
            .Map("PUT", $"{V}/os-cloudpipe/configure-project", Access.Admin, call => Errors.WriteAsync(call, 400, NoVlan))
            .Doc("Sets where a project's VPN is: refused, the networks are not VLANs.", status: 400)
            .Map("GET", $"{V}/os-fping", Access.User, call => NoPingAsync(call), LastOfBaremetal)
            .Doc("Pings servers: refused, the API is on no server's network.", status: 501)
            .Map("GET", $"{V}/os-fping/{{id}}", Access.User, call => NoPingAsync(call), LastOfBaremetal)
            .Doc("Pings a server: refused, the API is on no server's network.", status: 501);
        Refused(routes, $"{V}/os-cells", NoCells, int.MaxValue, ["", "/detail", "/info", "/capacities", "/{id}", "/{id}/capacities"]);
        Refused(routes, $"{V}/os-baremetal-nodes", NoBaremetal, LastOfBaremetal, ["", "/{id}"]);
        Refused(routes, $"{V}/os-certificates", NoCertificates, int.MaxValue, ["/{id}"]);
        routes.Map("POST", $"{V}/os-certificates", Access.User, call => Errors.WriteAsync(call, 501, NoCertificates)).Doc("Makes a certificate: refused, there is no certificate service.", status: 501);
        routes
            .Map("GET", $"{V}/os-instance_usage_audit_log", Access.Admin, call => AuditAsync(call, "instance_usage_audit_logs", call.Services.Store.Now))
            .Doc("Shows which hosts audited usage in the last period: none does.")
            .Map("GET", $"{V}/os-instance_usage_audit_log/{{before}}", Access.Admin, AuditBeforeAsync)
            .Doc("Shows which hosts audited usage in the period before a time: none does.");
    }

    private static void Refused(Routes routes, string path, string why, int until, IReadOnlyList<string> ends)
    {
        foreach (var end in ends)
        {
            routes.Map("GET", path + end, Access.Admin, call => Errors.WriteAsync(call, 501, why), until).Doc($"Refused: {why}", status: 501);
        }
    }

    private static Task NoPingAsync(ApiCall call) => Errors.WriteAsync(call, 501, "fping is not available: the API is on no server's network.");

    private static Task AuditBeforeAsync(ApiCall call) =>
        DateTimeOffset.TryParseExact(
            call.Segment("before"), ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var before)
            ? AuditAsync(call, "instance_usage_audit_log", before)
            : Errors.WriteAsync(call, 400, $"Invalid timestamp for date {call.Segment("before")}: it must be like 2026-01-31 00:00:00.");

    /// <summary>The period is the month before the one of the time, as with nova's default.</summary>
    private static async Task AuditAsync(ApiCall call, string name, DateTimeOffset before)
    {
        var end = new DateTimeOffset(before.Year, before.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var start = end > DateTimeOffset.MinValue.AddMonths(1) ? end.AddMonths(-1) : end;
        var hosts = (await HostsApi.ListAsync(call)).Where(s => s.Binary == Binaries.Compute).Select(s => s.Host).ToList();
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject(name);
            Views.List(w, "hosts_not_run", hosts);
            w.WriteStartObject("log");
            w.WriteEndObject();
            foreach (var (figure, number) in new[] { ("num_hosts", hosts.Count), ("num_hosts_done", 0), ("num_hosts_not_run", hosts.Count), ("num_hosts_running", 0), ("total_errors", 0), ("total_instances", 0) })
            {
                w.WriteNumber(figure, number);
            }

            w.WriteString("overall_status", $"0 of {hosts.Count} hosts done. 0 errors.");
            w.WriteString("period_beginning", start.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            w.WriteString("period_ending", end.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            w.WriteEndObject();
        });
    }
}
