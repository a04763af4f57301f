using System.Diagnostics;
using Bridgehead.Benchmarks;

// Without arguments: every figure, the native engine's in a network namespace of its own, the others each in a sandbox. With one: that figure, inside such a place.
if (args is ["engine"])
{
    EngineFigures.Run(many: 4000, few: 10);
    return 0;
}

if (args.Length == 1)
{
    return await Figures.RunAsync(args[0]);
}

var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Bridgehead.slnx")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("run it from inside the solution's folder");
}

Report.Head();
using (var engine = Process.Start(new ProcessStartInfo("unshare", ["--net", "dotnet", typeof(Figures).Assembly.Location, "engine"]) { UseShellExecute = false })!)
{
    await engine.WaitForExitAsync();
    if (engine.ExitCode != 0)
    {
        return engine.ExitCode;
    }
}

foreach (var (name, driver) in Figures.All)
{
    string[] unlimited = ["--set", "quota_instances=-1", "--set", "quota_cores=-1", "--set", "quota_ram=-1"];
    string[] options = ["sandbox", "--driver", driver, .. unlimited, "--", "dotnet", typeof(Figures).Assembly.Location, name];
    using var sandbox = Process.Start(new ProcessStartInfo(Path.Combine(root, "bin", "bridgehead"), options) { UseShellExecute = false })!;
    await sandbox.WaitForExitAsync();
    if (sandbox.ExitCode != 0)
    {
        return sandbox.ExitCode;
    }
}

return 0;
