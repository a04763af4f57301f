using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>VPN instances, and the certificates for them.</summary>
internal static class CloudpipeCommands
{
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("cloudpipe-list", "List VPN instances (administrators).", [], async call => call.Terminal.List(
            (await call.Compute.GetAsync("os-cloudpipe")).Items("cloudpipes"), "Project Id", "Public IP", "Public Port", "Internal IP")),
        new("cloudpipe-create", "Start the VPN instance of a project (administrators).", [P.Argument("project_id", "ID of the project.")], async call =>
            await call.Compute.PostAsync("os-cloudpipe", w => w.Object("cloudpipe", () => w.WriteString("project_id", call.Required("project_id"))))),
        new("cloudpipe-configure", "Set the address and port of the VPN (administrators).", [P.Argument("ip address", "New address."), P.Argument("port", "New port.")], ConfigureAsync),
        new("x509-create-cert", "Make a certificate and its key.",
            [P.Argument("private-key-filename", "Where to write the key. Default: pk.pem.", Takes.AtMostOne), P.Argument("x509-cert-filename", "Where to write the certificate. Default: cert.pem.", Takes.AtMostOne)],
            CertificateAsync),
        new("x509-get-root-cert", "Fetch the root certificate.", [P.Argument("filename", "Where to write it. Default: cacert.pem.", Takes.AtMostOne)], async call =>
            Write(call, call["filename"] ?? "cacert.pem", (await call.Compute.GetAsync("os-certificates/root")).Member("certificate").Text("data"), "root certificate")),
    ];

    private static Task ConfigureAsync(Call call) => call.Compute.PutAsync("os-cloudpipe/configure-project", w => w.Object("configure_project", () =>
    {
        w.WriteString("vpn_ip", call.Required("ip address"));
        w.WriteString("vpn_port", call.Required("port"));
    }));

    private static async Task CertificateAsync(Call call)
    {
        var certificate = (await call.Compute.PostAsync("os-certificates", w => w.WriteNull("certificate"))).Member("certificate");
        Write(call, call["private-key-filename"] ?? "pk.pem", certificate.Text("private_key"), "private key");
        Write(call, call["x509-cert-filename"] ?? "cert.pem", certificate.Text("data"), "certificate");
    }

    /// <summary>Never over a file that is there: a key written over is a key lost.</summary>
    private static void Write(Call call, string file, string? text, string what)
    {
        try
        {
            call.Surroundings.WriteNewFile(file, text ?? "");
            call.Terminal.Say($"Wrote {what} to {file}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Unable to write {what} to '{file}': {problem.Message}");
        }
    }
}
