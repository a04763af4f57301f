using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Key pairs.</summary>
internal static class KeypairCommands
{
    private static readonly P Name = P.Argument("name", "Name of the key pair.");

    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("keypair-add", "Create a key pair and print its private key, or store a public key of yours.",
            [P.Option("--pub-key", "<pub-key>", "File with your public key; - for standard input."), P.Option("--key-type", "<key-type>", "ssh or x509."), Name], AddAsync),
        new("keypair-list", "List key pairs.", [], async call => call.Terminal.List(
            (await call.Compute.GetAsync("os-keypairs")).Items("keypairs").Select(item => item.Member("keypair")), "Name", "Type", "Fingerprint")),
        new("keypair-show", "Show a key pair.", [Name], ShowAsync),
        new("keypair-delete", "Delete a key pair.", [Name], call => call.Compute.DeleteAsync(Path(call))),
    ];

    private static string Path(Call call) => $"os-keypairs/{Uri.EscapeDataString(call.Required("name"))}";

    private static async Task AddAsync(Call call)
    {
        var publicKey = call["--pub-key"] is { } file ? Read(call, file) : null;
        var answer = await call.Compute.PostAsync("os-keypairs", w => w.Object("keypair", () =>
        {
            w.WriteString("name", call.Required("name"));
            w.Optional("public_key", publicKey);
            w.Optional("type", call["--key-type"]);
        }));
        if (publicKey is null)
        {
            call.Terminal.Show(answer.Member("keypair").Text("private_key") ?? "");
        }
    }

    private static string Read(Call call, string file)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetString(call.Surroundings.ReadFile(file == "-" ? "/dev/stdin" : file)).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Can't open or read '{file}': {problem.Message}");
        }
    }

    private static async Task ShowAsync(Call call)
    {
        var keypair = (await call.Compute.GetAsync(Path(call))).Member("keypair");
        call.Terminal.Properties(keypair, "public_key");
        call.Terminal.Say($"Public key: {keypair.Text("public_key")}");
    }
}
