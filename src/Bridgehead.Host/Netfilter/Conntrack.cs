using System.Net;

namespace Bridgehead.Host;

/// <summary>Ends connections whose translation is gone. The program's exit code 1 says that there were none.</summary>
public sealed class Conntrack(ICommandRunner runner)
{
    /// <summary>Deletes the flows that came in by a floating address, and those that went out under it.</summary>
    public async Task ForgetFloatingAsync(IPAddress floating, CancellationToken cancel)
    {
        await DeleteAsync(["-D", "--orig-dst", floating.ToString()], cancel);
        await DeleteAsync(["-D", "--reply-dst", floating.ToString()], cancel);
    }

    private async Task DeleteAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var command = new Command("conntrack", arguments);
        var result = await runner.RunAsync(command, cancel);
        if (result.ExitCode is not (0 or 1))
        {
            throw CommandFailedException.From(command, result);
        }
    }
}
