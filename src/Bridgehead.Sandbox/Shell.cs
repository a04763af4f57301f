using Bridgehead.Host;

namespace Bridgehead.Sandbox;

/// <summary>The sandbox's interactive shell.</summary>
internal static class Shell
{
    private const string Startup = WorldFiles.Root + "/bashrc";

    public static int Run()
    {
        File.WriteAllText(Startup,
            """
            [ ! -r ~/.bashrc ] || . ~/.bashrc
            eval "$(nova completion bash)"
            eval "$(nova-manage completion bash)"
            PS1='(sandbox) \w\$ '

            """);
        Console.Out.Write(
            """
            You are on the host 192.168.1.90 of a private world; the cloud runs. Try:
              nova-manage network create mynet 10.10.10.0/24
              nova boot --image busybox --flavor 1 --poll myserver
              console myserver ping -c 1 192.168.1.1
              iptables-save
              outside ping -c 1 192.168.1.90
            'exit' ends it, and nothing is left.

            """);
        return Foreground.Run(new Command("bash", ["--rcfile", Startup, "-i"]));
    }
}
