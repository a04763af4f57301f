using System.Runtime.InteropServices;
using Bridgehead.Api;
using Bridgehead.Host;
using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead;

/// <summary>A daemon as a program: settings, checks, start, wait for the signal, stop. Exit code 1 with one sentence when it cannot start, 2 when its arguments are wrong.</summary>
internal static partial class DaemonProgram
{
    public static async Task<int> RunAsync(IReadOnlyList<string> binaries, string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            await Console.Out.WriteAsync(DaemonHelp.Text(binaries));
            return 0;
        }

        var dry = args.Contains(DryRunProgram.Flag);
        if (!SettingsLoader.Load([.. args.Where(argument => argument != DryRunProgram.Flag)]).Succeeded(out var loaded, out var problem))
        {
            return await ComplainAsync(problem.Message, 2);
        }

        ProgramPath.AddSystemFolders();
        using var logs = Logs.Create(loaded.Settings.LogLevel);
        var log = logs.CreateLogger("bridgehead");
        foreach (var warning in loaded.Warnings)
        {
            SettingWarning(log, warning);
        }

        var missing = HostNeeds.Of(binaries, loaded.Settings);
        return missing.Count > 0 ? await ComplainAsync(string.Join('\n', missing), 1) : await RunAsync(binaries, loaded.Settings, dry, logs, log);
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> binaries, NovaSettings settings, bool dry, ILoggerFactory logs, ILogger log)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        try
        {
            if (dry)
            {
                return await DryRunProgram.RunAsync(binaries, settings, logs, stop.Token);
            }

            await using var daemons = new Daemons(settings, logs, stop.Token);
            await daemons.StartAsync(binaries);
            Started(log, string.Join(", ", binaries), settings.Host);
            await daemons.WaitAsync();
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception problem) when (problem is StoreException or CommandFailedException or FirewallException or ListenException or VendorDataException or ImageStoreException or IOException or UnauthorizedAccessException)
        {
            return await ComplainAsync(problem.Message, 1);
        }
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    private static async Task<int> ComplainAsync(string sentence, int code)
    {
        await Console.Error.WriteLineAsync($"bridgehead: {sentence}");
        return code;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Binaries} of host {Host} started")]
    private static partial void Started(ILogger log, string binaries, string host);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void SettingWarning(ILogger log, string warning);
}
