namespace Bridgehead.Manage;

/// <summary>What may come next on a command line, for shells.</summary>
internal static class Completion
{
    private const string Bash =
        """
        _nova_manage() {
          local before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
          COMPREPLY=($(compgen -W "$(nova-manage bash-completion -- "${before[@]}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -F _nova_manage nova-manage
        """;

    public static ManageAction Words { get; } = new("bash-completion", "print the categories, a category's actions, or an action's flags", [], PrintAsync) { NeedsSettings = false, AnyWords = true };

    public static ManageAction Script { get; } = new(
        "completion", "print a shell's completion script: source <(nova-manage completion bash)", [new Parameter("shell", "bash") { Required = true }], ScriptAsync)
    { NeedsSettings = false };

    private static async Task<int> PrintAsync(ManageCall call)
    {
        if (Next(SettingsLoader.TakeFlags([.. call.Words]).Others) is not { } words)
        {
            return 2;
        }

        await call.Output.WriteLineAsync(string.Join(' ', words));
        return 0;
    }

    private static IEnumerable<string>? Next(string[] words)
    {
        if (words.Length == 0)
        {
            return Categories.All.Select(c => c.Name).Concat(Categories.Alone.Select(a => a.Name));
        }

        if (Categories.Find(words[0]) is not { } category)
        {
            return null;
        }

        return words.Length == 1 ? category.Actions.Select(a => a.Name) : category.Actions.FirstOrDefault(a => a.Name == words[1])?.Parameters.Select(p => p.Flag);
    }

    private static async Task<int> ScriptAsync(ManageCall call)
    {
        if (call["shell"] != "bash")
        {
            return call.Refuse($"there is no completion for {call["shell"]}: only bash.", 2);
        }

        await call.Output.WriteLineAsync(Bash);
        return 0;
    }
}
