using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bridgehead.Control;

/// <summary>Key pairs of type x509: certificates in PEM, as Windows guests log in with.</summary>
internal static class X509Key
{
    private const int Longest = 16384;
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string UserPrincipalName = "1.3.6.1.4.1.311.20.2.3";

    /// <summary>The certificate's fingerprint, SHA-1 in pairs with colons, when the text is one certificate in PEM; else null.</summary>
    public static string? FingerprintOf(string text)
    {
        if (text.Length > Longest)
        {
            return null;
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPem(text);
            return KeyPairActions.Colons(certificate.GetCertHash(HashAlgorithmName.SHA1));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>A new certificate that a user signed, with their name as the principal's, for ten years; and its private key in PEM (PKCS#8).</summary>
    public static (string Certificate, string Private) Generate(string user, DateTimeOffset now)
    {
        using var rsa = RSA.Create(2048);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(user);
        var request = new CertificateRequest(subject.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", PrincipalName($"{user}@localhost"), critical: false));

        // A clock that is a little behind must not take it for one of the future.
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(3650));
        return (certificate.ExportCertificatePem() + "\n", rsa.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>GeneralNames with one otherName: [0] { oid, [0] UTF8String } (RFC 5280 section 4.2.1.6).</summary>
    private static byte[] PrincipalName(string name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            writer.WriteObjectIdentifier(UserPrincipalName);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, name);
            }
        }

        return writer.Encode();
    }
}
