namespace Bridgehead.Netlink;

/// <summary>Expressions as the kernel keeps them.</summary>
public static class RuleBytes
{
    /// <summary>To compare with <see cref="RuleView.Raw"/>.</summary>
    public static byte[] Of(IReadOnlyList<Expression> expressions)
    {
        using var writer = new MessageWriter();
        ExpressionEncoder.Write(writer, expressions);
        return writer.OpenBytes.ToArray();
    }

    /// <summary>A rule's expressions as they were read, with their counters at zero: what <see cref="Of"/> gives for the same rule.</summary>
    public static byte[] WithoutCounts(ReadOnlySpan<byte> raw)
    {
        var bytes = raw.ToArray();
        var expressions = new AttributeReader(raw);
        while (expressions.Next(out _, out var expression))
        {
            if (AttributeReader.Find(expression, 1).StartsWith("counter\0"u8))
            {
                Zero(bytes, raw, AttributeReader.Find(expression, 2));
            }
        }

        return bytes;
    }

    /// <summary>The counter's two numbers are what its data holds.</summary>
    private static void Zero(byte[] bytes, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> data)
    {
        var fields = new AttributeReader(data);
        while (fields.Next(out _, out var value))
        {
            raw.Overlaps(value, out var offset);
            bytes.AsSpan(offset, value.Length).Clear();
        }
    }

    public static List<Expression> Read(ReadOnlySpan<byte> bytes) => ExpressionDecoder.Read(bytes);
}
