using Bridgehead.Host;
using Xunit;

[assembly: AssemblyFixture(typeof(Bridgehead.Kernel.Tests.World))]

namespace Bridgehead.Kernel.Tests;

/// <summary>Every test of this program changes the network it runs in: it refuses to run in any but an empty namespace, which test runners give it with unshare.</summary>
public sealed class World
{
    public World()
    {
        var links = File.ReadLines("/proc/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim()).Where(name => name is not ("lo" or "sit0" or "tunl0" or "ip6tnl0" or "gre0"));
        if (links.Any())
        {
            throw new InvalidOperationException("run this program in namespaces of its own: ./check kernel");
        }

        ProgramPath.AddSystemFolders();
        Run("ip link set lo up");
        Run("mount -t tmpfs tmpfs /run");
    }

    /// <summary>A shell line that must succeed; returns what it printed.</summary>
    public static string Run(string line)
    {
        var result = Try(line);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"{line}: exit {result.ExitCode}: {result.Output}{result.Error}");
    }

    public static CommandResult Try(string line) =>
        new CommandRunner().RunAsync(new Command("bash", ["-c", line]), CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Waits until it holds; fails with the last answer after ten seconds.</summary>
    public static async Task UntilAsync(Func<Task<string?>> wrong)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (10 * TimeProvider.System.TimestampFrequency);
        while (await wrong() is { } problem)
        {
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, problem);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
