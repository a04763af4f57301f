namespace Bridgehead.Host;

/// <summary>
/// Changes interfaces: lines for one <c>ip -batch</c>, which stops at the first that fails. They are made of names, addresses and numbers of the domain's types and of
/// the kernel's own answers: nothing a user typed can add a word.
/// </summary>
internal sealed class LinkWriter(ICommandRunner runner)
{
    public Task ApplyAsync(IReadOnlyList<string> lines, CancellationToken cancel) =>
        lines.Count == 0 ? Task.CompletedTask : runner.RequireAsync(new Command("ip", ["-batch", "-"]) { Input = TextOf(lines) }, cancel);

    /// <summary>Every line that can be carried out is; those that find it done already fail, and that is well.</summary>
    public Task RestoreAsync(IReadOnlyList<string> lines, CancellationToken cancel) =>
        runner.RunAsync(new Command("ip", ["-force", "-batch", "-"]) { Input = TextOf(lines) }, cancel);

    private static string TextOf(IReadOnlyList<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
