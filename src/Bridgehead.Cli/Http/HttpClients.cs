using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bridgehead.Cli;

/// <summary>Makes the one HTTP client of a run.</summary>
internal static class HttpClients
{
    private static readonly string[] ProxyVariables = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

    public static HttpClient Create(Arguments arguments, NovaSurroundings surroundings)
    {
        var client = new HttpClient(surroundings.Handler ?? Handler(arguments, surroundings), disposeHandler: surroundings.Handler is null);
        if (arguments.Int("--timeout") is { } seconds)
        {
            client.Timeout = seconds > 0 ? TimeSpan.FromSeconds(seconds) : throw new UsageException($"argument --timeout: {seconds} must be greater than 0");
        }

        return client;
    }

    /// <summary>No redirects: a token must not follow one to another host. No cookies, and no search for a proxy where none is set: both cost time.</summary>
    private static SocketsHttpHandler Handler(Arguments arguments, NovaSurroundings surroundings) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = Array.Exists(ProxyVariables, name => !string.IsNullOrEmpty(surroundings.Environment(name))),
        AutomaticDecompression = DecompressionMethods.None,
        SslOptions = Tls(arguments, surroundings),
    };

    [SuppressMessage("Security", "CA5359", Justification = "--insecure asks for just this.")]
    [SuppressMessage("Security", "MA0039", Justification = "--insecure asks for just this.")]
    private static SslClientAuthenticationOptions Tls(Arguments arguments, NovaSurroundings surroundings)
    {
        var options = new SslClientAuthenticationOptions();
        if (arguments.Has("--insecure"))
        {
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }
        else if ((arguments.Value("--os-cacert") ?? surroundings.Environment("OS_CACERT")) is { Length: > 0 } file)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            Trust(options.CertificateChainPolicy.CustomTrustStore, file);
        }

        return options;
    }

    private static void Trust(X509Certificate2Collection store, string file)
    {
        try
        {
            store.ImportFromPemFile(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandException($"Can't read the certificates in '{file}': {problem.Message}");
        }
    }
}
