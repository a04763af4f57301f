using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary>
/// <c>nova-manage [settings' flags] CATEGORY ACTION [value ...] [--flag value ...]</c>: the operator's tool. It works on the store, not through the API. Exit code 0; 1 with a
/// sentence on standard error when the action was refused; 2 when the command line is wrong.
/// </summary>
public static class ManageCommand
{
    /// <param name="args">The command line.</param>
    /// <param name="inspection">How to look at this host.</param>
    public static Task<int> RunAsync(string[] args, IHostInspection inspection) =>
        new ManageProgram(SettingsLoader.Load, Console.Out, Console.Error, TimeProvider.System, inspection, Console.IsOutputRedirected ? null : Console.WindowWidth).RunAsync(args, CancellationToken.None);

    /// <summary>With given settings; flags of settings on the command line have no effect.</summary>
    public static Task<int> RunAsync(string[] args, NovaSettings settings, TextWriter output, TextWriter error, TimeProvider clock, CancellationToken cancel, IHostInspection? inspection = null, int? columns = null) =>
        new ManageProgram(_ => new SettingsResult(settings, [], []), output, error, clock, inspection, columns).RunAsync(args, cancel);
}
