using Bridgehead.Benchmarks;

// Without arguments: every part, each in a place of its own; with names: those parts. "--inside NAME" is what this program is called with in such a place.
switch (args)
{
    case ["--inside", var name]:
        await Parts.InsideAsync(name);
        return 0;
    case ["--load", var role]:
        LoadProcess.Run(role);
        return 0;
    case ["--help"]:
        Console.WriteLine($"usage: bench [PART ...]\nparts: {string.Join(", ", Parts.Names)}");
        return 0;
    default:
        return await Parts.RunAsync(args);
}
