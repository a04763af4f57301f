using Bridgehead.Cli;

namespace Bridgehead;

/// <summary>Which program am I: by the name it was called with, or by its first argument.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var name = CalledAs();
        if (Programs.Find(name) is { } program)
        {
            return await program.RunAsync(args);
        }

        if (args.Length > 0 && Programs.Find(args[0]) is { } named)
        {
            return await named.RunAsync(args[1..]);
        }

        if (args is ["--version"])
        {
            return await NovaCommand.RunAsync(args);
        }

        var asked = args.Length == 0 || args[0] is "help" or "--help" or "-h";
        var unknown = asked ? "" : $"bridgehead: there is no program '{args[0]}'.\n\n";
        await (asked && args.Length > 0 ? Console.Out : Console.Error).WriteAsync(unknown + Programs.Usage());
        return asked && args.Length > 0 ? 0 : 2;
    }

    /// <summary>The name in argv[0]; the process path would be the link's target.</summary>
    private static string CalledAs()
    {
        var line = File.ReadAllText("/proc/self/cmdline");
        var end = line.IndexOf('\0', StringComparison.Ordinal);
        return Path.GetFileName(end < 0 ? line : line[..end]);
    }
}
