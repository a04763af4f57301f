using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bridgehead.Control;

/// <summary>SSH keys in OpenSSH's one-line form (RFC 4253 section 6.6, RFC 5656, RFC 8709). Pure but for the making of new ones.</summary>
internal static class SshKey
{
    /// <summary>As nova's.</summary>
    private const int Longest = 16384;

    /// <summary>The fields after the type, each with its length: 0 is a positive number of any length, a text is that text.</summary>
    private static readonly Dictionary<string, (string? Curve, int Fields)> Kinds = new(StringComparer.Ordinal)
    {
        ["ssh-rsa"] = (null, 2),
        ["ssh-dss"] = (null, 4),
        ["ssh-ed25519"] = (null, 1),
        ["ecdsa-sha2-nistp256"] = ("nistp256", 2),
        ["ecdsa-sha2-nistp384"] = ("nistp384", 2),
        ["ecdsa-sha2-nistp521"] = ("nistp521", 2),
    };

    /// <summary>The key's fingerprint, MD5 in pairs with colons, when the text is a public key of a known type; else null.</summary>
    public static string? FingerprintOf(string text)
    {
        var words = text.Trim().Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (text.Length > Longest || text.Trim().Any(char.IsControl) || words.Length < 2 || !Kinds.TryGetValue(words[0], out var kind))
        {
            return null;
        }

        var buffer = new byte[words[1].Length];
        return Convert.TryFromBase64String(words[1], buffer, out var length) && IsKey(buffer.AsSpan(0, length), words[0], kind) ? Fingerprint(buffer.AsSpan(0, length)) : null;
    }

    /// <summary>A new RSA pair of 2048 bits: one line for the public half, PEM (PKCS#1) for the private one.</summary>
    public static (string Public, string Private) Generate()
    {
        using var rsa = RSA.Create(2048);
        return (OpenSsh(rsa.ExportParameters(includePrivateParameters: false)), rsa.ExportRSAPrivateKeyPem() + "\n");
    }

    private static bool IsKey(ReadOnlySpan<byte> blob, string type, (string? Curve, int Fields) kind)
    {
        if (!Next(ref blob, out var named) || Encoding.ASCII.GetString(named) != type)
        {
            return false;
        }

        for (var i = 0; i < kind.Fields; i++)
        {
            var first = i == 0;
            if (!Next(ref blob, out var field) || (first && kind.Curve is not null ? Encoding.ASCII.GetString(field) != kind.Curve : !IsValue(field, type, kind.Curve)))
            {
                return false;
            }
        }

        return blob.IsEmpty;
    }

    private static bool IsValue(ReadOnlySpan<byte> field, string type, string? curve) => curve switch
    {
        // An uncompressed point.
        "nistp256" => field.Length == 65 && field[0] == 4,
        "nistp384" => field.Length == 97 && field[0] == 4,
        "nistp521" => field.Length == 133 && field[0] == 4,
        _ => type == "ssh-ed25519" ? field.Length == 32 : field.Length > 0 && field[0] < 0x80,
    };

    private static bool Next(ref ReadOnlySpan<byte> blob, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (blob.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(blob) is var length && length > blob.Length - 4)
        {
            return false;
        }

        field = blob.Slice(4, (int)length);
        blob = blob[(4 + (int)length)..];
        return true;
    }

#pragma warning disable CA5351 // OpenStack's fingerprint is the MD5 of the key, as ssh-keygen -E md5 prints it.
    private static string Fingerprint(ReadOnlySpan<byte> blob) => KeyPairActions.Colons(MD5.HashData(blob));
#pragma warning restore CA5351

    private static string OpenSsh(RSAParameters key)
    {
        using var blob = new MemoryStream();
        void Field(ReadOnlySpan<byte> bytes)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            blob.Write(length);
            blob.Write(bytes);
        }

        Field("ssh-rsa"u8);
        Field(key.Exponent);

        // A leading zero keeps the modulus positive (RFC 4251 mpint).
        Field([0, .. key.Modulus!]);
        return $"ssh-rsa {Convert.ToBase64String(blob.ToArray())} Generated-by-Nova";
    }
}
