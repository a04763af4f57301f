using System.Diagnostics;
using Xunit;

namespace Bridgehead.Store.Tests;

/// <summary>A PostgreSQL server of one test's own, which it may stop and start.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private static readonly string Tools = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderBy(folder => int.Parse(Path.GetFileName(folder))).Select(folder => $"{folder}/bin").LastOrDefault("")
        : "";

    private readonly string _folder = Directory.CreateTempSubdirectory("bridgehead-pg-").FullName;

    private PrivatePostgres()
    {
    }

    public string Connection => $"Host={_folder};Username=bridgehead;Database=postgres";

    public static async Task<PrivatePostgres> StartAsync()
    {
        Assert.SkipUnless(Tools.Length > 0, "PostgreSQL is not installed: use ./packages tests");
        var server = new PrivatePostgres();
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", server._folder);
        }

        await AsServerAsync($"{Tools}/initdb", "-D", $"{server._folder}/data", "-U", "bridgehead", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await server.StartAgainAsync();
        return server;
    }

    public Task StartAgainAsync() => AsServerAsync(
        $"{Tools}/pg_ctl", "-D", $"{_folder}/data", "-w", "-l", $"{_folder}/log", "-o", $"-c listen_addresses='' -k {_folder} -c fsync=off", "start");

    /// <param name="how">smart, fast or immediate, as pg_ctl names them.</param>
    public Task StopAsync(string how) => AsServerAsync($"{Tools}/pg_ctl", "-D", $"{_folder}/data", "-w", "-m", how, "stop");

    /// <summary>Sends a signal to all of the server's processes, such as STOP and CONT.</summary>
    public async Task SignalAsync(string signal)
    {
        var postmaster = (await File.ReadAllLinesAsync($"{_folder}/data/postmaster.pid"))[0];
        foreach (var backend in await File.ReadAllTextAsync($"/proc/{postmaster}/task/{postmaster}/children") is var text ? text.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            await RunAsync("kill", $"-{signal}", backend);
        }

        await RunAsync("kill", $"-{signal}", postmaster);
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists($"{_folder}/data/postmaster.pid"))
        {
            await StopAsync("immediate");
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static Task AsServerAsync(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? RunAsync("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", program, .. arguments])
        : RunAsync(program, arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // Its output is not captured: the server that it starts would keep the pipe open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { UseShellExecute = false, WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
