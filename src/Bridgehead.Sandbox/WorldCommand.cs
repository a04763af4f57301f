using System.Runtime.InteropServices;
using Bridgehead.Host;

namespace Bridgehead.Sandbox;

/// <summary>What runs inside the sandbox's namespaces: builds the world, starts the cloud, and gives way to the user.</summary>
public static class WorldCommand
{
    /// <summary>The exit status that shells have for it.</summary>
    private const int NoSuchProgram = 127;

    public static async Task<int> RunAsync(string[] args)
    {
        var options = SandboxOptions.Parse(args).Value!;

        // The terminal's interrupt is for the user's command, as under a shell.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        try
        {
            await PrepareAsync(options);
            using var web = OutsideNetwork.StartWebServer();
            using var cloud = await Cloud.StartAsync(options);
            return await GiveWayAsync(options);
        }
        catch (CommandFailedException problem)
        {
            await Console.Error.WriteLineAsync($"bridgehead sandbox: {problem.Message}");
            return 1;
        }
    }

    private static async Task PrepareAsync(SandboxOptions options)
    {
        var runner = new CommandRunner();
        await runner.RequireAsync(new Command("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"]), CancellationToken.None);

        // The view of this namespace's interfaces under /sys is a comfort for the user's tools; some containers do not allow it.
        await runner.RunAsync(new Command("mount", ["-t", "sysfs", "sysfs", "/sys"]), CancellationToken.None);
        var files = new WorldFiles(options);
        files.Write();
        files.SetEnvironment();
        await OutsideNetwork.BuildAsync(runner);
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> command)
    {
        try
        {
            return Foreground.Run(new Command(command[0], [.. command.Skip(1)]));
        }
        catch (CommandFailedException)
        {
            await Console.Error.WriteLineAsync($"bridgehead sandbox: there is no program '{command[0]}', or it cannot be run");
            return NoSuchProgram;
        }
    }

    private static async Task<int> GiveWayAsync(SandboxOptions options)
    {
        if (options.Command.Count > 0)
        {
            return await RunAsync(options.Command);
        }

        return options.Demonstrate || Console.IsInputRedirected || Console.IsOutputRedirected ? await Demonstration.RunAsync(options.IsNative) : Shell.Run();
    }
}
