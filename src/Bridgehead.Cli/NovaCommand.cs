using System.Text;

namespace Bridgehead.Cli;

/// <summary>The user's tool, <c>nova</c>: one command, at most a few requests, one table.</summary>
public static class NovaCommand
{
    private const int Failed = 1;
    private const int Mistyped = 2;

    /// <summary>Runs a command line in this process's surroundings.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var utf8 = new UTF8Encoding(false);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), utf8);
        await using var error = new StreamWriter(Console.OpenStandardError(), utf8);
        return await RunAsync(args, new NovaSurroundings { Output = output, Error = error, Environment = Environment.GetEnvironmentVariable, AskPassword = PasswordPrompt.Ask });
    }

    /// <summary>Runs a command line in the given surroundings and returns its exit code: 0 done, 1 refused, 2 mistyped.</summary>
    public static async Task<int> RunAsync(string[] args, NovaSurroundings surroundings)
    {
        try
        {
            var code = await RunAsync(args, surroundings, new Terminal(surroundings.Output, surroundings.Error));
            await surroundings.Output.FlushAsync();
            await surroundings.Error.FlushAsync();
            return code;
        }
        catch (IOException)
        {
            // The reader of our output went away, as head does.
            return Failed;
        }
    }

    private static async Task<int> RunAsync(string[] args, NovaSurroundings surroundings, Terminal terminal)
    {
        Verb? verb = null;
        try
        {
            var at = CommandLine.FindVerb(args);
            verb = at < 0 ? null : VerbTable.Find(args[at]);
            if (at >= 0 && verb is null)
            {
                throw new UsageException($"argument <subcommand>: invalid choice: '{args[at]}'{VerbTable.Hint(args[at])}");
            }

            var tokens = at < 0 ? args : [.. args.Where((_, i) => i != at)];
            await RunAsync(verb, CommandLine.Parse(tokens, [.. verb?.Parameters ?? [], .. GlobalOptions.All]), surroundings, terminal);
            return 0;
        }
        catch (UsageException problem)
        {
            await surroundings.Error.WriteAsync(HelpText.Usage(verb));
            terminal.Complain($"error: {problem.Message}");
            terminal.Complain($"Try 'nova help{(verb is null ? "" : $" {verb.Name}")}' for more information.");
            return Mistyped;
        }
        catch (ApiException problem)
        {
            return Fail(terminal, problem.Kind, problem.Sentence);
        }
        catch (CommandException problem)
        {
            return Fail(terminal, problem.Kind, problem.Message);
        }
    }

    private static async Task RunAsync(Verb? verb, Arguments arguments, NovaSurroundings surroundings, Terminal terminal)
    {
        if (arguments.Has("--version"))
        {
            terminal.Say(HelpText.Version);
            return;
        }

        if (verb is null || arguments.Has("--help"))
        {
            terminal.Show(verb is null ? HelpText.All() : HelpText.Of(verb));
            return;
        }

        using var client = HttpClients.Create(arguments, surroundings);
        var http = new HttpExchange(client, arguments.Has("--debug") ? new DebugLog(terminal) : null);
        await verb.RunAsync(new Call(arguments, new ComputeClient(http, new Credentials(arguments, surroundings)), terminal, surroundings));
    }

    private static int Fail(Terminal terminal, string kind, string sentence)
    {
        terminal.Complain($"ERROR ({kind}): {sentence}");
        return Failed;
    }
}
