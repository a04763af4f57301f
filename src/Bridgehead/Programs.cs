using Bridgehead.Cli;
using Bridgehead.Host;
using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Sandbox;

namespace Bridgehead;

/// <summary>One of the programs this executable is. One without a summary is called by other programs only, and not listed.</summary>
internal sealed record ProgramEntry(string Name, string Summary, Func<string[], Task<int>> RunAsync);

/// <summary>The programs, by name.</summary>
internal static class Programs
{
    private static readonly IReadOnlyList<ProgramEntry> All =
    [
        new("up", "nova-api, nova-network and nova-compute in one process", args => DaemonProgram.RunAsync([Binaries.Api, Binaries.Network, Binaries.Compute], args)),
        new("sandbox", "a private world of network namespaces with the cloud in it", SandboxCommand.RunAsync),
        new(Binaries.Api, "the API and the metadata service", args => DaemonProgram.RunAsync([Binaries.Api], args)),
        new(Binaries.Network, "bridges, DHCP, NAT and floating addresses of this host", args => DaemonProgram.RunAsync([Binaries.Network], args)),
        new(Binaries.Compute, "instances of this host and their filters", args => DaemonProgram.RunAsync([Binaries.Compute], args)),
        new("nova-manage", "the operator's tool", args => ManageCommand.RunAsync(args, new HostInspection())),
        new("nova", "the user's tool", NovaCommand.RunAsync),
        new("cleanup", "takes everything of ours off this host, and nothing else", CleanupProgram.RunAsync),
        new("console", "runs a command inside an instance of this host", ConsoleProgram.RunAsync),
        new("outside", "", OutsideCommand.RunAsync),
        new("nova-dhcpbridge", "", LeaseHelper.RunAsync),
        new(SandboxCommand.World, "", WorldCommand.RunAsync),
    ];

    public static ProgramEntry? Find(string name) => All.FirstOrDefault(program => program.Name == name);

    public static string Usage()
    {
        var lines = All.Where(program => program.Summary.Length > 0).Select(program => $"  {program.Name,-14} {program.Summary}");
        return $"usage: bridgehead PROGRAM [ARGUMENT ...]\n\nprograms (a link of that name runs it too):\n{string.Join('\n', lines)}\n\n'bridgehead PROGRAM --help' tells more.\n";
    }
}
