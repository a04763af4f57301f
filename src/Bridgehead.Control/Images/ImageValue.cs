namespace Bridgehead.Control;

/// <summary>A value that a caller gives an image's attribute, before it is known whether the attribute takes it.</summary>
public abstract record ImageValue
{
    private ImageValue()
    {
    }

    public sealed record Nothing : ImageValue;

    public sealed record Text(string Value) : ImageValue;

    public sealed record Number(long Value) : ImageValue;

    public sealed record Flag(bool Value) : ImageValue;

    public sealed record Texts(IReadOnlyList<string> Value) : ImageValue;

    /// <summary>Something that no attribute takes.</summary>
    public sealed record Other : ImageValue;
}

/// <summary>One operation of a JSON patch on an image. <see cref="Value"/> is null for a removal.</summary>
public sealed record ImageChange(ImageOperation Operation, string Name, ImageValue? Value);

public enum ImageOperation
{
    Add,
    Replace,
    Remove,
}
