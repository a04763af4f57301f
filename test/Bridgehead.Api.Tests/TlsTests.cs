using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AwesomeAssertions;
using Bridgehead.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>The API over TLS: certificates of both kinds with their chain, renewed while it runs; and what is said about those that are none.</summary>
public sealed class TlsTests(Cloud cloud) : IClassFixture<Cloud>, IDisposable
{
    private static readonly Authority Ours = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("bridgehead-tls-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rsa", "HTTP/1.1")]
    [InlineData("rsa", "HTTP/2.0")]
    [InlineData("ec", "HTTP/1.1")]
    [InlineData("ec", "HTTP/2.0")]
    public async Task A_client_that_trusts_the_root_gets_answers_with_links_to_https(string kind, string version)
    {
        await using var server = await StartAsync(Ours.Issue(kind));
        using var client = ClientOf(server);
        client.DefaultRequestVersion = Version.Parse(version[5..]);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var answer = await client.GetAsync("/compute/v2.1", Cancel);
        answer.Version.Should().Be(client.DefaultRequestVersion);
        (await answer.Content.ReadAsStringAsync(Cancel)).Should().Contain($"https://{server.Api}/compute/v2.1/");
    }

    [Fact]
    public async Task Without_TLS_it_does_not_answer_there_but_the_metadata_service_does()
    {
        await using var server = await StartAsync(Ours.Issue("ec"));
        using var client = new HttpClient();
        var plain = () => client.GetAsync($"http://{server.Api}/healthz", Cancel);
        await plain.Should().ThrowAsync<HttpRequestException>();
        (await client.GetAsync($"http://{server.Metadata}/", Cancel)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_new_certificate_is_used_without_a_restart_and_a_broken_one_is_not()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var store = await Bridgehead.Store.Database.OpenAsync(cloud.Settings.Connection, clock, Cancel);
        var (first, second) = (Ours.Issue("ec"), Ours.Issue("rsa"));
        await using var server = await StartAsync(first, store);
        (await SerialAsync(server)).Should().Be(first.Serial);

        await File.WriteAllTextAsync($"{_folder}/cert.pem", second.Chain, Cancel);
        clock.Advance(TimeSpan.FromSeconds(2));
        (await SerialAsync(server)).Should().Be(first.Serial, "its key is not there yet");

        await File.WriteAllTextAsync($"{_folder}/key.pem", second.Key, Cancel);
        clock.Advance(TimeSpan.FromSeconds(2));
        (await SerialAsync(server)).Should().Be(second.Serial);
    }

    [Fact]
    public async Task The_key_may_be_in_the_certificates_file()
    {
        var issued = Ours.Issue("rsa");
        await File.WriteAllTextAsync($"{_folder}/both.pem", issued.Chain + issued.Key, Cancel);
        await using var server = await ApiServer.StartAsync(Settings with { SslCertFile = $"{_folder}/both.pem" }, cloud.Store, NullLoggerFactory.Instance, Cancel);
        (await SerialAsync(server)).Should().Be(issued.Serial);
    }

    [Theory]
    [InlineData("no file", "ssl_cert_file", "cannot be read")]
    [InlineData("no key file", "ssl_key_file", "cannot be read")]
    [InlineData("another's key", "ssl_key_file", "no certificate with its RSA or EC key")]
    [InlineData("garbage", "ssl_cert_file", "no certificate with its RSA or EC key")]
    [InlineData("encrypted", "ssl_key_file", "passphrase")]
    [InlineData("key alone", "ssl_cert_file", "is not")]
    [InlineData("wanted", "enabled_ssl_apis", "ssl_cert_file is not")]
    public async Task What_is_no_certificate_is_told_at_start(string what, string setting, string words)
    {
        var (issued, other) = (Ours.Issue("ec"), Ours.Issue("ec"));
        var (certificate, key) = ($"{_folder}/cert.pem", $"{_folder}/key.pem");
        await File.WriteAllTextAsync(certificate, what == "garbage" ? "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" : issued.Chain, Cancel);
        await File.WriteAllTextAsync(key, what == "another's key" ? other.Key : what == "encrypted" ? other.EncryptedKey : issued.Key, Cancel);
        var settings = what switch
        {
            "no file" => Settings with { SslCertFile = $"{_folder}/none.pem", SslKeyFile = key },
            "no key file" => Settings with { SslCertFile = certificate, SslKeyFile = $"{_folder}/none.pem" },
            "key alone" => Settings with { SslKeyFile = key },
            "wanted" => Settings with { ApiNeedsTls = true },
            _ => Settings with { SslCertFile = certificate, SslKeyFile = key },
        };
        var start = () => ApiServer.StartAsync(settings, cloud.Store, NullLoggerFactory.Instance, Cancel);
        (await start.Should().ThrowAsync<ListenException>()).Which.Message.Should().Contain(setting).And.Contain(words);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private NovaSettings Settings => cloud.Settings with { OsapiComputeListenPort = 0, MetadataListenPort = 0 };

    private async Task<RunningApi> StartAsync(Issued issued, Bridgehead.Store.Database? store = null)
    {
        await File.WriteAllTextAsync($"{_folder}/cert.pem", issued.Chain, Cancel);
        await File.WriteAllTextAsync($"{_folder}/key.pem", issued.Key, Cancel);
        return await ApiServer.StartAsync(Settings with { SslCertFile = $"{_folder}/cert.pem", SslKeyFile = $"{_folder}/key.pem" }, store ?? cloud.Store, NullLoggerFactory.Instance, Cancel);
    }

    /// <summary>Knows the root only: what is between must come from the server.</summary>
    private static X509ChainPolicy Trust() => new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { Ours.Root } };

    private static HttpClient ClientOf(RunningApi server) =>
        new(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = Trust() } }) { BaseAddress = new Uri($"{server.Scheme}://{server.Api}") };

    private static async Task<string> SerialAsync(RunningApi server)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Api, Cancel);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", CertificateChainPolicy = Trust() }, Cancel);
        return ((X509Certificate2)tls.RemoteCertificate!).SerialNumber;
    }

    private sealed record Issued(string Chain, string Key, string EncryptedKey, string Serial);

    /// <summary>A root, and one between it and the servers.</summary>
    private sealed class Authority
    {
        private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-1);
        private readonly X509Certificate2 _between;
        private byte _serial = 2;

        public Authority()
        {
            Root = Request("root", ECDsa.Create(ECCurve.NamedCurves.nistP256), isAuthority: true).CreateSelfSigned(From, From.AddDays(30));
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            _between = Request("between", key, isAuthority: true).Create(Root, From, From.AddDays(20), [1]).CopyWithPrivateKey(key);
        }

        public X509Certificate2 Root { get; }

        public Issued Issue(string kind)
        {
            using AsymmetricAlgorithm key = kind == "rsa" ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = key is RSA rsa ? new CertificateRequest("CN=api", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : new CertificateRequest("CN=api", (ECDsa)key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var signer = _between.GetECDsaPrivateKey()!;
            using var certificate = request.Create(_between.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), From, From.AddDays(10), [_serial++]);
            return new Issued(
                $"{certificate.ExportCertificatePem()}\n{_between.ExportCertificatePem()}\n",
                key.ExportPkcs8PrivateKeyPem() + "\n",
                key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)),
                certificate.SerialNumber);
        }

        private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
        {
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
            return request;
        }
    }
}
