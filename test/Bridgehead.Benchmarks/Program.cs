using System.Diagnostics;
using Bridgehead.Benchmarks;

// Without arguments: every figure, each in a sandbox of its own. With one: that figure, inside a sandbox.
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

Console.WriteLine($"{Environment.ProcessorCount} cores, kernel {(await File.ReadAllTextAsync("/proc/sys/kernel/osrelease")).Trim()}");
Console.WriteLine($"{"figure",-58} {"measured",14} {"target",12} {"floor",10} {"ratio",7}");
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
