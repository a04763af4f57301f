namespace Bridgehead.System.Tests.Clients;

/// <summary>A sandbox in which <c>openstack</c> and <c>nova18</c> are Debian's clients, unmodified; stock.py spares them their start.</summary>
public static class StockCloud
{
    public static async Task<SandboxCloud> StartAsync(params IReadOnlyList<string> options)
    {
        var cloud = await SandboxCloud.StartAsync(options);
        var script = Path.Combine(Transcript.Folder, "stock.py");

        // Debian's interpreter, whatever else is on this machine's path.
        await cloud.RunAsync($"/usr/bin/python3 -I {script} serve /run/stock >/run/stock.log 2>&1 &");
        await cloud.RunAsync("mkdir /run/clients; export PATH=/run/clients:$PATH");
        foreach (var (name, program) in new[] { ("openstack", "openstack"), ("nova18", "nova") })
        {
            await cloud.RunAsync($"printf '#!/bin/sh\\nexec /usr/bin/python3 -IS {script} run /run/stock {program} \"$@\"\\n' >/run/clients/{name}; chmod 755 /run/clients/{name}");
        }

        await cloud.UntilAsync("[ -S /run/stock ] || { cat /run/stock.log; false; }");
        return cloud;
    }
}
