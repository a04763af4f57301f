using System.Net;

namespace Bridgehead.Host;

/// <summary>Ends connections whose translation is gone.</summary>
public sealed class Conntrack(ICommandRunner runner)
{
    /// <summary>The program has one exit code for this and for every failure.</summary>
    private const string NoneFound = " 0 flow entries have been deleted";

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
        if (result.ExitCode != 0 && !result.Error.Contains(NoneFound, StringComparison.Ordinal))
        {
            throw CommandFailedException.From(command, result);
        }
    }
}
