using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>help, bash-completion and completion.</summary>
internal static class HelpCommands
{
    /// <summary>The words come from nova itself once a shell; a first word is a command, a dashed one an option.</summary>
    private const string BashScript =
        """
        # Completion of nova in bash: source this, or write it to a file in /etc/bash_completion.d.
        _nova()
        {
            local word=${COMP_WORDS[COMP_CWORD]} given commands=""
            if [ -z "${_nova_words:-}" ]; then
                _nova_words=$(nova bash-completion 2>/dev/null | tr ' ' '\n')
            fi
            COMPREPLY=()
            if [[ $word == -* ]]; then
                COMPREPLY=($(compgen -W "$(grep -- '^-' <<<"$_nova_words")" -- "$word"))
                return
            fi
            commands=$(grep -v -- '^-' <<<"$_nova_words")
            for given in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                if [ "$given" != help ] && grep -qxF -- "$given" <<<"$commands"; then
                    return
                fi
            done
            COMPREPLY=($(compgen -W "$commands" -- "$word"))
        }
        complete -o default -F _nova nova
        """;

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("help", "Print help about nova, or about one of its commands.", [P.Argument("subcommand", "The command.", Takes.AtMostOne)], HelpAsync),
        new("bash-completion", "Print all commands and options on one line, for a shell's completion.", [], WordsAsync) { Aliases = ["bash_completion"] },
        new("completion", "Print a completion script to source.", [P.Argument("shell", "Only bash is known.", Takes.AtMostOne)], ScriptAsync),
    ];

    private static Task HelpAsync(Call call)
    {
        if (call["subcommand"] is not { } name)
        {
            call.Terminal.Show(HelpText.All());
            return Task.CompletedTask;
        }

        call.Terminal.Show(HelpText.Of(VerbTable.Find(name) ?? throw new CommandException($"'{name}' is not a valid subcommand{VerbTable.Hint(name)}")));
        return Task.CompletedTask;
    }

    private static Task WordsAsync(Call call)
    {
        var commands = VerbTable.All.SelectMany(verb => verb.Aliases.Append(verb.Name));
        var options = VerbTable.All.SelectMany(verb => verb.Parameters).Concat(GlobalOptions.All).Where(p => p.IsOption).Select(p => p.Name);
        var words = commands.Where(name => !name.StartsWith("bash", StringComparison.Ordinal)).Concat(options).Distinct(StringComparer.Ordinal);
        call.Terminal.Say(string.Join(' ', words.Order(StringComparer.Ordinal)));
        return Task.CompletedTask;
    }

    private static Task ScriptAsync(Call call)
    {
        if (call["shell"] is not (null or "bash"))
        {
            throw new CommandException($"There is no completion for '{call["shell"]}'; only for bash.");
        }

        call.Terminal.Show(BashScript);
        return Task.CompletedTask;
    }
}
