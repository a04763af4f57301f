using Bridgehead.Host;

namespace Bridgehead.Sandbox;

/// <summary>The article's walk-through: each step is explained, done with the command that a user would type, and shown with the rules it added.</summary>
/// <param name="native">The rules are native nftables objects.</param>
internal sealed class Demonstration(bool native)
{
    private readonly RuleListing _rules = new(new CommandRunner(), native);
    private int _number;
    private int _failures;

    public static async Task<int> RunAsync(bool native)
    {
        var demonstration = new Demonstration(native);
        await demonstration.TellAsync();
        return demonstration._failures == 0 ? 0 : 1;
    }

    private async Task TellAsync()
    {
        await StepAsync("The daemons have started", "nova-network put 169.254.169.254 on lo, redirected the metadata address, and set up SNAT; nova-api accepts metadata requests.", "ip -br address");
        await StepAsync("The operator creates a network", "A bridge with the gateway's address, dnsmasq on it, and rules that let it be asked.", "nova-manage network create mynet 10.10.10.0/24");
        await StepAsync("A user boots a server", "Its chain is in place before its interface carries a packet: connections it began, its DHCP server, its own subnet, and nothing else.",
            "nova boot --image busybox --flavor 1 --poll myserver");
        await StepAsync("The server has its address by DHCP, and reads its metadata", "169.254.169.254 leads to the metadata service, which knows the server by its address.",
            "console myserver sh -c 'until wget -q -O - http://169.254.169.254/latest/meta-data/local-ipv4; do sleep 0.1; done; echo'");
        await StepAsync("It reaches the outside under the host's address", "The SNAT rule of the start-up.", "console myserver wget -q -O - http://192.168.1.1/cgi-bin/whoami");
        await StepAsync("The operator has floating addresses, the user takes one", "", "nova-manage floating create --ip_range=192.168.1.232/30", "nova floating-ip-create");
        await StepAsync("The user gives it to the server", "The address is on the public interface now; packets to it are translated to the fixed address, and the server's own leave under it.",
            "nova add-floating-ip myserver 192.168.1.233");
        await StepAsync("The server reaches the outside under its floating address", "", "ip -br -4 address show dev eth0", "console myserver wget -q -O - http://192.168.1.1/cgi-bin/whoami");
        await StepAsync("A ping from outside is dropped", "No rule of the security group lets it in.", "! outside ping -c 1 -W 1 192.168.1.233");
        await StepAsync("The user opens ICMP", "The group's running members follow at once.", "nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await StepAsync("The ping is answered", "", "outside ping -c 1 -W 1 192.168.1.233");
        await StepAsync("The server goes, and its rules with it", "", "nova delete myserver");
        Console.Out.Write(_failures == 0 ? "\nAll of it worked. 'bin/bridgehead sandbox' on a terminal opens a shell in such a world.\n" : $"\n{_failures} of the steps failed.\n");
    }

    private async Task StepAsync(string title, string explanation, params string[] commands)
    {
        Console.Out.Write($"\n{++_number}. {title}\n{(explanation.Length > 0 ? $"   {explanation}\n" : "")}");
        foreach (var command in commands)
        {
            Console.Out.Write($"\n   $ {command}\n");
            Show(await RunAsync(command));
        }

        var (added, removed) = await _rules.LookAsync();
        Console.Out.Write(added.Count + removed.Count > 0 ? "\n" : "");
        foreach (var line in added.Select(line => $"   + {line}\n").Concat(removed.Select(line => $"   - {line}\n")))
        {
            Console.Out.Write(line);
        }
    }

    /// <summary>A command of ours with our own words: a shell only joins them.</summary>
    private static Task<CommandResult> RunAsync(string command) =>
        new CommandRunner().RunAsync(new Command("bash", ["-c", command]) { Timeout = TimeSpan.FromMinutes(1) }, CancellationToken.None);

    private void Show(CommandResult result)
    {
        foreach (var line in (result.Output + result.Error).TrimEnd('\n').Split('\n').Where(line => line.Trim().Length > 0))
        {
            Console.Out.Write($"   {line}\n");
        }

        if (result.ExitCode != 0)
        {
            _failures++;
            Console.Out.Write($"   (failed: exit status {result.ExitCode})\n");
        }
    }
}
