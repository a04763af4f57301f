using System.CommandLine;
using System.CommandLine.Invocation;
using System.Data.Common;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Manage;

/// <summary>Takes a command line to its action.</summary>
internal sealed class ManageProgram(Func<string[], Outcome<SettingsResult>> load, TextWriter output, TextWriter error, TimeProvider clock, IHostInspection? inspection, int? columns)
{
    /// <summary>What shells expect of a program ended by SIGINT.</summary>
    private const int Interrupted = 130;

    public async Task<int> RunAsync(string[] args, CancellationToken cancel)
    {
        var (flags, others) = SettingsLoader.TakeFlags(args);
        if (!Abbreviations.Expand(others).Succeeded(out var words, out var problem))
        {
            await error.WriteLineAsync(problem.Message);
            return 2;
        }

        var root = CommandTree.Build((action, parse, stop) => InvokeAsync(action, parse, flags, stop));
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Action is ParseErrorAction or null)
        {
            // A word that is no command is told once, not as a missing command too.
            var problems = parsed.Errors.Skip(parsed.UnmatchedTokens.Count > 0 && parsed.Errors.Count > 1 ? 1 : 0).Select(e => e.Message);
            await error.WriteLineAsync($"{string.Join('\n', problems)}\n{CommandTree.Usage(parsed.CommandResult.Command)}");
            return 2;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancel);
    }

    private async Task<int> InvokeAsync(ManageAction action, ParseResult parse, string[] flags, CancellationToken cancel)
    {
        if (!ActionValues.Of(action, parse).Succeeded(out var values, out var problem))
        {
            await error.WriteLineAsync($"{problem.Message}\n{CommandTree.Usage(parse.CommandResult.Command)}");
            return 2;
        }

        SettingsResult? settings = null;
        if (action.NeedsSettings && !load(flags).Succeeded(out settings, out problem))
        {
            await error.WriteLineAsync(problem.Message);
            return 1;
        }

        await using var call = new ManageCall(values, output, error, clock, cancel) { Read = settings, Words = ActionValues.Words(parse), Inspection = inspection, Columns = columns };
        try
        {
            return await action.RunAsync(call);
        }
        catch (Exception wrong) when (wrong is StoreException or DbException)
        {
            return call.Refuse(wrong.Message);
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
    }
}
