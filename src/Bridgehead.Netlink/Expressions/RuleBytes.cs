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

    public static List<Expression> Read(ReadOnlySpan<byte> bytes) => ExpressionDecoder.Read(bytes);
}
