using System.CommandLine;
using System.CommandLine.Help;

namespace Bridgehead.Manage;

/// <summary>The command line as System.CommandLine knows it, made from the categories.</summary>
internal static class CommandTree
{
    public const string WordsName = "VALUE";

    /// <summary>The library's own kind of root takes its name from the executable's file, which has many names here.</summary>
    public static Command Build(Func<ManageAction, ParseResult, CancellationToken, Task<int>> run)
    {
        var root = new Command(
            "nova-manage",
            "The operator's tool. Before CATEGORY stand flags of settings such as --config-file FILE or --connection TEXT ('nova-manage config options' lists them). "
            + "Categories, actions and flags take dashes for underscores; categories and actions may be shortened.");
        root.Options.Add(new HelpOption());
        foreach (var category in Categories.All)
        {
            var command = new Command(category.Name, category.Help);
            if (category.Alias is { } alias)
            {
                command.Aliases.Add(alias);
            }

            foreach (var action in category.Actions)
            {
                command.Subcommands.Add(Of(action, run));
            }

            root.Subcommands.Add(command);
        }

        foreach (var action in Categories.Alone)
        {
            root.Subcommands.Add(Of(action, run));
        }

        return root;
    }

    /// <summary>What may come next, for somebody whose command line was wrong.</summary>
    public static string Usage(Command command)
    {
        var isRoot = !command.Parents.Any();
        var name = Path(command);
        if (command.Subcommands.Count == 0)
        {
            return $"'{name} --help' tells more.";
        }

        var lines = command.Subcommands.Select(c => $"  {c.Name,-16} {c.Description}");
        return $"usage: {name} {(isRoot ? "CATEGORY ACTION" : "ACTION")} [VALUE ...] [--FLAG VALUE ...]\n{string.Join('\n', lines)}";
    }

    private static string Path(Symbol command) => command.Parents.FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;

    private static Command Of(ManageAction action, Func<ManageAction, ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(action.Name, action.Help);
        foreach (var parameter in action.Parameters)
        {
            command.Options.Add(parameter.Boolean
                ? new Option<bool>(parameter.Flag, [.. parameter.Aliases]) { Description = parameter.Help }
                : new Option<string?>(parameter.Flag, [.. parameter.Aliases]) { Description = parameter.Help, HelpName = parameter.Name, Arity = ArgumentArity.ExactlyOne });
        }

        var byPosition = action.Parameters.Where(p => !p.Boolean).Select(p => p.Flag).ToList();
        if (byPosition.Count > 0 || action.AnyWords)
        {
            command.Arguments.Add(new Argument<string[]>(WordsName)
            {
                Arity = ArgumentArity.ZeroOrMore,
                Description = action.AnyWords ? "words" : $"values of {string.Join(", ", byPosition)}, in this order, instead of the flags",
            });
        }

        command.SetAction((parse, cancel) => run(action, parse, cancel));
        return command;
    }
}
