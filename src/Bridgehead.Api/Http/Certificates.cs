using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bridgehead.Model;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Api;

/// <summary>The API's certificate. It is read again when its files change, so that it is renewed without a restart; connections that are open stay.</summary>
internal sealed partial class Certificates
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _certificate;
    private readonly string _key;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private SslServerAuthenticationOptions _options;
    private (DateTime, long, DateTime, long) _seen;
    private long _looked;

    private Certificates(string certificate, string key, TimeProvider clock, ILogger log)
    {
        (_certificate, _key, _clock, _log) = (certificate, key, clock, log);
        (_seen, _looked) = (Stamp(), clock.GetTimestamp());
        _options = Read();
    }

    /// <summary>Null when the API is to speak without TLS. Throws <see cref="ListenException"/> with a sentence for the operator.</summary>
    public static Certificates? Of(NovaSettings settings, TimeProvider clock, ILogger log)
    {
        if (settings.SslCertFile is { } certificate)
        {
            return new Certificates(certificate, settings.SslKeyFile ?? certificate, clock, log);
        }

        return settings.SslKeyFile is not null || settings.ApiNeedsTls
            ? throw new ListenException($"{(settings.ApiNeedsTls ? "enabled_ssl_apis names the API" : "ssl_key_file is given")}, but ssl_cert_file is not: set it to the PEM file of the API's certificate.")
            : null;
    }

    /// <summary>For a new connection.</summary>
    public SslServerAuthenticationOptions Options()
    {
        lock (_lock)
        {
            if (_clock.GetElapsedTime(_looked) >= LookEvery)
            {
                _looked = _clock.GetTimestamp();
                Look();
            }

            return _options;
        }
    }

    private void Look()
    {
        var now = Stamp();
        if (now == _seen)
        {
            return;
        }

        _seen = now;
        try
        {
            _options = Read();
            Renewed(_log, _certificate);
        }
        catch (ListenException problem)
        {
            // Of the two files one may be there before the other.
            KeptOld(_log, problem.Message);
        }
    }

    private (DateTime, long, DateTime, long) Stamp() => (File.GetLastWriteTimeUtc(_certificate), Length(_certificate), File.GetLastWriteTimeUtc(_key), Length(_key));

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : -1;

    private SslServerAuthenticationOptions Read()
    {
        var (certificate, key) = (Text(_certificate, "ssl_cert_file"), Text(_key, "ssl_key_file"));
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new ListenException($"ssl_key_file is '{_key}', whose key is encrypted, and nobody is there to give its passphrase: store the key without one, readable by this user alone.");
        }

        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificate);
            var own = X509Certificate2.CreateFromPem(certificate, key);
            return new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(own, [.. chain.Skip(1)], offline: true) };
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException)
        {
            throw new ListenException($"ssl_cert_file '{_certificate}' and ssl_key_file '{_key}' are no certificate with its RSA or EC key in PEM: {problem.Message}", problem);
        }
    }

    private static string Text(string path, string setting)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ListenException($"{setting} is '{path}', which cannot be read: {problem.Message}", problem);
        }
    }

    [LoggerMessage(EventId = 303, Level = LogLevel.Information, Message = "the certificate in {Path} changed; new connections get the new one")]
    private static partial void Renewed(ILogger log, string path);

    [LoggerMessage(EventId = 304, Level = LogLevel.Warning, Message = "the certificate changed, but the new one cannot be used, so the one before stays: {Reason}")]
    private static partial void KeptOld(ILogger log, string reason);
}
