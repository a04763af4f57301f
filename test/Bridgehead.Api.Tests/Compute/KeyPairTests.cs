using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Api.Tests.Compute;

/// <summary>A cloud whose users may have three key pairs.</summary>
public sealed class FewKeysCloud : Cloud
{
    protected override NovaSettings Configure(NovaSettings settings) => settings with { Quota = new QuotaDefaults { KeyPairs = 3 } };
}

/// <summary>Key pairs: made and imported, of every type, under every microversion that changed them.</summary>
public sealed class KeyPairTests(Cloud cloud, FewKeysCloud few) : IClassFixture<Cloud>, IClassFixture<FewKeysCloud>
{
    private const string V = "/compute/v2.1/os-keypairs";

    // ssh-keygen -t TYPE, and ssh-keygen -l -E md5 of each.
    private const string Ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAYa2kKoOjBIJSSJhxmj3m5Dr0Z3V1Hh9WkfKsCnX0gr c";

    [Fact]
    public async Task A_made_ssh_key_is_one_that_ssh_keygen_takes()
    {
        var made = await cloud.PostAsync(V, """{"keypair":{"name":"made"}}""");
        made.Code.Should().Be(200);
        var pair = made.Json.GetProperty("keypair");
        pair.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("name", "public_key", "fingerprint", "user_id", "private_key");
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pair.GetProperty("private_key").GetString());
        var folder = Directory.CreateTempSubdirectory("bridgehead-key-");
        try
        {
            var path = Path.Combine(folder.FullName, "key");
            await File.WriteAllTextAsync(path, pair.GetProperty("private_key").GetString(), TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            (await RunAsync("ssh-keygen", "-y", "-f", path)).Should().StartWith(string.Join(' ', pair.GetProperty("public_key").GetString()!.Split(' ')[..2]));
            await File.WriteAllTextAsync($"{path}.pub", pair.GetProperty("public_key").GetString(), TestContext.Current.CancellationToken);
            (await RunAsync("ssh-keygen", "-l", "-E", "md5", "-f", $"{path}.pub")).Should().Contain($"MD5:{pair.GetProperty("fingerprint").GetString()}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("rsa", "2048")]
    [InlineData("ed25519", "256")]
    [InlineData("ecdsa", "256")]
    [InlineData("ecdsa", "384")]
    [InlineData("ecdsa", "521")]
    public async Task Keys_of_every_type_are_imported_with_their_fingerprint(string type, string bits)
    {
        var folder = Directory.CreateTempSubdirectory("bridgehead-key-");
        try
        {
            var path = Path.Combine(folder.FullName, "key");
            await RunAsync("ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", "a comment", "-f", path);
            var text = (await File.ReadAllTextAsync($"{path}.pub", TestContext.Current.CancellationToken)).TrimEnd();
            var made = await cloud.PostAsync(V, $$$"""{"keypair":{"name":"{{{type}}}{{{bits}}}","public_key":"{{{text}}}\n"}}""");
            made.Code.Should().Be(200, made.Text);
            made.Json.GetProperty("keypair").TryGetProperty("private_key", out _).Should().BeFalse();
            (await RunAsync("ssh-keygen", "-l", "-E", "md5", "-f", $"{path}.pub")).Should().Contain($"MD5:{made.Json.GetProperty("keypair").GetProperty("fingerprint").GetString()}");
            (await cloud.GetAsync($"{V}/{type}{bits}")).Json.GetProperty("keypair").GetProperty("public_key").GetString().Should().Be($"{text}\n", "clients compare it with what they sent");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_made_x509_pair_is_a_certificate_with_its_key_and_the_users_name()
    {
        var made = await cloud.PostAsync(V, """{"keypair":{"name":"windows","type":"x509"}}""", version: "2.2");
        made.Code.Should().Be(201, made.Text);
        var pair = made.Json.GetProperty("keypair");
        pair.GetProperty("type").GetString().Should().Be("x509");
        using var certificate = X509Certificate2.CreateFromPem(pair.GetProperty("public_key").GetString(), pair.GetProperty("private_key").GetString());
        certificate.GetNameInfo(X509NameType.UpnName, false).Should().Be($"{pair.GetProperty("user_id").GetString()}@localhost");
        certificate.GetNameInfo(X509NameType.SimpleName, false).Should().Be(pair.GetProperty("user_id").GetString());
        certificate.HasPrivateKey.Should().BeTrue();
        pair.GetProperty("fingerprint").GetString().Should().Be(string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA1).Select(b => $"{b:x2}")));

        var text = pair.GetProperty("public_key").GetString()!.Replace("\n", "\\n");
        var imported = await cloud.PostAsync(V, $$$"""{"keypair":{"name":"windows2","type":"x509","public_key":"{{{text}}}"}}""", version: "2.2");
        imported.Json.GetProperty("keypair").GetProperty("fingerprint").GetString().Should().Be(pair.GetProperty("fingerprint").GetString());
        imported.Json.GetProperty("keypair").TryGetProperty("private_key", out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("""{"keypair":{}}""")]
    [InlineData("""{"keypair":{"name":""}}""")]
    [InlineData("""{"keypair":{"name":" a"}}""")]
    [InlineData("""{"keypair":{"name":"a/b"}}""")]
    [InlineData("""{"keypair":{"name":"a","colour":"red"}}""")]
    [InlineData("""{"keypair":{"name":"a","public_key":""}}""")]
    [InlineData("""{"keypair":{"name":"a","public_key":"ssh-rsa"}}""")]
    [InlineData("""{"keypair":{"name":"a","public_key":"ssh-rsa JUNK"}}""")]
    [InlineData("""{"keypair":{"name":"a","public_key":"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== c"}}""")]
    [InlineData("""{"keypair":{"name":"a","public_key":"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAYa2kKoOjBIJSSJhxmj3m5Dr0Z3V1Hh9WkfKsCnX0gr c"}}""")]
    [InlineData("""{"keypair":{"name":"a","public_key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAYa2kKoOjBIJSSJhxmj3m5Dr0Z3V1Hh9WkfKsCnX0grAAAA c"}}""")]
    [InlineData("""{"keypair":{"name":"a","public_key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAYa2kKoOjBIJSSJhxmj3m5Dr0Z3V1Hh9WkfKsCnX0gr c\nssh-rsa AAAA"}}""")]
    [InlineData("""{"keypair":{"name":"a","type":"pgp"}}""", "2.2")]
    [InlineData("""{"keypair":{"name":"a","type":"x509","public_key":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}}""", "2.2")]
    [InlineData("""{"keypair":{"name":"a","type":"x509","public_key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAYa2kKoOjBIJSSJhxmj3m5Dr0Z3V1Hh9WkfKsCnX0gr c"}}""", "2.2")]
    [InlineData("""{"keypair":{"name":"a","type":"ssh"}}""")]
    [InlineData("""{"keypair":{"name":"a","user_id":"x"}}""", "2.9")]
    [InlineData("""{"keypair":{"name":"a","user_id":""}}""", "2.10")]
    public async Task A_key_that_is_none_is_refused(string body, string? version = null)
    {
        RefusalTests.Check(await cloud.PostAsync(V, body, version: version), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}/a"), 404);
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused() =>
        RefusalTests.Check(await cloud.PostAsync(V, $$$"""{"keypair":{"name":"a","public_key":"ssh-rsa {{{new string('A', 17000)}}}"}}"""), 400);

    [Fact]
    public async Task Codes_and_the_type_came_with_2_2()
    {
        var first = await cloud.PostAsync(V, $$$"""{"keypair":{"name":"old","public_key":"{{{Ed25519}}}"}}""");
        first.Code.Should().Be(200);
        first.Json.GetProperty("keypair").TryGetProperty("type", out _).Should().BeFalse();
        RefusalTests.Check(await cloud.PostAsync(V, $$$"""{"keypair":{"name":"old","public_key":"{{{Ed25519}}}"}}"""), 409);
        var second = await cloud.PostAsync(V, $$$"""{"keypair":{"name":"new","type":"ssh","public_key":"{{{Ed25519}}}"}}""", version: "2.2");
        second.Code.Should().Be(201);
        second.Json.GetProperty("keypair").GetProperty("type").GetString().Should().Be("ssh");
        var shown = (await cloud.GetAsync($"{V}/new", version: "2.2")).Json.GetProperty("keypair");
        shown.GetProperty("id").GetInt64().Should().BePositive();
        shown.GetProperty("deleted").GetBoolean().Should().BeFalse();
        shown.GetProperty("created_at").GetString().Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$");
        (await cloud.SendAsync("DELETE", $"{V}/old", null)).Code.Should().Be(202);
        (await cloud.SendAsync("DELETE", $"{V}/new", null, version: "2.2")).Code.Should().Be(204);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{V}/new", null), 404);
    }

    [Fact]
    public async Task From_2_10_on_an_administrator_has_the_keys_of_others()
    {
        var member = await cloud.MemberAsync("key owner");
        var user = (await cloud.PostAsync(V, $$$"""{"keypair":{"name":"own","public_key":"{{{Ed25519}}}"}}""", member)).Json.GetProperty("keypair").GetProperty("user_id").GetString();
        (await cloud.GetAsync($"{V}?user_id={user}", version: "2.10")).Text.Should().Contain("\"own\"");
        (await cloud.GetAsync($"{V}?user_id={user}", version: "2.9")).Text.Should().NotContain("\"own\"");
        (await cloud.GetAsync($"{V}/own?user_id={user}", version: "2.10")).Code.Should().Be(200);
        RefusalTests.Check(await cloud.GetAsync($"{V}/own", version: "2.10"), 404);
        (await cloud.PostAsync(V, $$$"""{"keypair":{"name":"given","user_id":"{{{user}}}","public_key":"{{{Ed25519}}}"}}""", version: "2.10")).Code.Should().Be(201);
        (await cloud.GetAsync($"{V}/given", member)).Code.Should().Be(200);
        (await cloud.SendAsync("DELETE", $"{V}/given?user_id={user}", null, version: "2.10")).Code.Should().Be(204);
        foreach (var (method, path, body) in new[] { ("GET", "?user_id=x", null), ("GET", "/own?user_id=x", null), ("DELETE", "/own?user_id=x", null), ("POST", "", """{"keypair":{"name":"a","user_id":"x"}}""") })
        {
            RefusalTests.Check(await cloud.SendAsync(method, V + path, body, member, "2.10"), 403);
        }
    }

    [Fact]
    public async Task From_2_35_on_the_list_has_pages()
    {
        var member = await cloud.MemberAsync("many keys");
        foreach (var name in new[] { "b", "a", "c" })
        {
            await cloud.PostAsync(V, $$$"""{"keypair":{"name":"{{{name}}}","public_key":"{{{Ed25519}}}"}}""", member);
        }

        (await NamesAsync("?limit=2", member, "2.35")).Should().Equal("a", "b");
        var page = (await cloud.GetAsync($"{V}?limit=2", member, "2.35")).Json;
        page.GetProperty("keypairs_links")[0].GetProperty("href").GetString().Should().EndWith("/os-keypairs?limit=2&marker=b");
        (await NamesAsync("?limit=2&marker=b", member, "2.35")).Should().Equal("c");
        (await NamesAsync("?limit=2&marker=b", member, "2.34")).Should().Equal("a", "b", "c");
        RefusalTests.Check(await cloud.GetAsync($"{V}?marker=zzz", member, "2.35"), 400);
        RefusalTests.Check(await cloud.GetAsync($"{V}?limit=-1", member, "2.35"), 400);
    }

    [Fact]
    public async Task A_users_keys_are_counted()
    {
        for (var i = 0; i < 3; i++)
        {
            (await few.PostAsync(V, $$$"""{"keypair":{"name":"k{{{i}}}","public_key":"{{{Ed25519}}}"}}""")).Code.Should().Be(200);
        }

        RefusalTests.Check(await few.PostAsync(V, $$$"""{"keypair":{"name":"k3","public_key":"{{{Ed25519}}}"}}"""), 403);
        RefusalTests.Check(await few.PostAsync(V, """{"keypair":{"name":"k4"}}"""), 403);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var complaint = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(0, complaint);
        return output;
    }

    private async Task<IEnumerable<string?>> NamesAsync(string query, string token, string version) =>
        [.. (await cloud.GetAsync(V + query, token, version)).Json.GetProperty("keypairs").EnumerateArray().Select(k => k.GetProperty("keypair").GetProperty("name").GetString())];
}
