using System.CommandLine;
using System.CommandLine.Parsing;

namespace Bridgehead.Cli;

/// <summary>Parses a command line with System.CommandLine. Only the command that was named is built, because building all of them costs more than running one.</summary>
internal static class CommandLine
{
    private const string Start = "---";

    /// <summary>Response files off: a password or a file may well begin with an @.</summary>
    private static readonly ParserConfiguration Configuration = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>Where the command's name stands: the first token that is neither a global option nor the value of one.</summary>
    public static int FindVerb(IReadOnlyList<string> tokens)
    {
        var names = GlobalOptions.All.SelectMany(p => p.Aliases.Append(p.Name)).ToList();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!Spelling.IsOption(tokens[i]))
            {
                return i;
            }

            var (name, rest) = Spelling.Split(tokens[i]);
            var known = Spelling.Find(name, names) ?? throw new UsageException($"unrecognized arguments: {tokens[i]}");
            var option = GlobalOptions.All.First(p => p.Name == known || p.Aliases.Contains(known, StringComparer.Ordinal));
            i += option.Takes == Takes.One && rest.Length == 0 ? 1 : 0;
        }

        return -1;
    }

    /// <summary>Parses the tokens around a command's name; global options may stand on both sides of it.</summary>
    public static Arguments Parse(IReadOnlyList<string> tokens, IReadOnlyList<Parameter> parameters)
    {
        var command = new Command("nova");
        var options = new Dictionary<Parameter, Option>();
        var arguments = new Dictionary<Parameter, Argument>();
        foreach (var parameter in parameters)
        {
            if (parameter.IsOption)
            {
                command.Options.Add(options[parameter] = Option(parameter));
            }
            else
            {
                command.Arguments.Add(arguments[parameter] = Argument(parameter));
            }
        }

        // A switch goes first, because the library drops a first token that is the command's name, and takes one in square brackets for a directive.
        command.Options.Add(new Option<bool>(Start) { Arity = ArgumentArity.Zero });
        var result = command.Parse([Start, .. Spelling.Settle(tokens, parameters)], Configuration);
        var given = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (parameter, option) in options)
        {
            Read(given, parameter, result.GetResult(option));
        }

        foreach (var (parameter, argument) in arguments)
        {
            Read(given, parameter, result.GetResult(argument));
        }

        Check(given, parameters, result);
        return new Arguments(given);
    }

    /// <summary>All values are text, and one given twice counts as given last: hence the wide arity.</summary>
    private static Option<string[]> Option(Parameter parameter) => new(parameter.Name, [.. parameter.Aliases])
    {
        Arity = parameter.Takes switch
        {
            Takes.Nothing => ArgumentArity.Zero,
            Takes.AtMostOne => ArgumentArity.ZeroOrMore,
            _ => ArgumentArity.OneOrMore,
        },
        AllowMultipleArgumentsPerToken = false,
    };

    private static Argument Argument(Parameter parameter) => parameter.Takes switch
    {
        Takes.One => new Argument<string>(parameter.Name) { Arity = ArgumentArity.ExactlyOne },
        Takes.AtMostOne => new Argument<string>(parameter.Name) { Arity = ArgumentArity.ZeroOrOne },
        Takes.Many => new Argument<string[]>(parameter.Name) { Arity = ArgumentArity.OneOrMore },
        _ => new Argument<string[]>(parameter.Name) { Arity = ArgumentArity.ZeroOrMore },
    };

    private static void Read(Dictionary<string, IReadOnlyList<string>> given, Parameter parameter, SymbolResult? result)
    {
        if (result is not null && (parameter.IsOption || result.Tokens.Count > 0))
        {
            given[parameter.Name] = [.. result.Tokens.Select(token => token.Value)];
        }
    }

    private static void Check(Dictionary<string, IReadOnlyList<string>> given, IReadOnlyList<Parameter> parameters, ParseResult result)
    {
        var empty = parameters.FirstOrDefault(p => p is { IsOption: true, Takes: Takes.One or Takes.Many } && given.TryGetValue(p.Name, out var values) && values.Count == 0);
        if (empty is not null)
        {
            throw new UsageException($"argument {empty.Name}: expected one argument");
        }

        if (!given.ContainsKey("--help") && parameters.Where(p => p.IsRequired && !given.ContainsKey(p.Name)).Select(p => p.Shown).ToList() is { Count: > 0 } missing)
        {
            throw new UsageException($"the following arguments are required: {string.Join(", ", missing)}");
        }

        if (result.UnmatchedTokens.Count > 0)
        {
            throw new UsageException($"unrecognized arguments: {string.Join(' ', result.UnmatchedTokens)}");
        }

        if (result.Errors.Count > 0 && !given.ContainsKey("--help"))
        {
            throw new UsageException(result.Errors[0].Message);
        }
    }
}
