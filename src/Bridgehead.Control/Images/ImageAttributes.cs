using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>What an image's attributes may be (Image API v2). Everything that is not listed here is a property of the user's own, a text.</summary>
public static class ImageAttributes
{
    public const int MostProperties = 128;
    public const int MostTags = 128;
    public const int MostMembers = 128;
    private const int LongestName = 255;
    private const int LongestValue = 65535;

    public static readonly IReadOnlyList<string> ContainerFormats = ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"];

    public static readonly IReadOnlyList<string> DiskFormats = ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"];

    public static readonly IReadOnlyList<string> ReadOnly =
        ["id", "created_at", "updated_at", "status", "checksum", "size", "virtual_size", "os_hash_algo", "os_hash_value", "direct_url", "self", "file", "schema", "stores"];

    private static readonly Image Empty = new() { Id = Guid.Empty, Name = "", Status = ImageStatus.Queued, Visibility = ImageVisibility.Private };

    private static readonly string[] Reserved = ["location", "deleted", "deleted_at"];

    private static readonly Dictionary<string, Func<Image, ImageValue, Image?>> Base = new(StringComparer.Ordinal)
    {
        ["name"] = (image, value) => value switch
        {
            ImageValue.Nothing => image with { Name = "" },
            ImageValue.Text { Value: var text } when text.Length <= LongestName && !text.Any(char.IsControl) => image with { Name = text },
            _ => null,
        },
        ["visibility"] = (image, value) => value is ImageValue.Text { Value: var text } && ImageVisibility.All.Contains(text) ? image with { Visibility = text } : null,
        ["owner"] = (image, value) => value is ImageValue.Text { Value: { Length: > 0 and <= LongestName } text } ? image with { Owner = text } : null,
        ["container_format"] = (image, value) => OneOf(value, ContainerFormats, out var format) ? image with { ContainerFormat = format } : null,
        ["disk_format"] = (image, value) => OneOf(value, DiskFormats, out var format) ? image with { DiskFormat = format } : null,
        ["min_disk"] = (image, value) => value is ImageValue.Number { Value: >= 0 and <= int.MaxValue and var number } ? image with { MinDisk = (int)number } : null,
        ["min_ram"] = (image, value) => value is ImageValue.Number { Value: >= 0 and <= int.MaxValue and var number } ? image with { MinRam = (int)number } : null,
        ["protected"] = (image, value) => value is ImageValue.Flag { Value: var flag } ? image with { Protected = flag } : null,
        ["os_hidden"] = (image, value) => value is ImageValue.Flag { Value: var flag } ? image with { OsHidden = flag } : null,
        ["tags"] = (image, value) => value is ImageValue.Texts { Value: var tags } && tags.All(IsTag) ? image with { Tags = [.. tags.Distinct(StringComparer.Ordinal)] } : null,
    };

    public static bool IsBase(string name) => Base.ContainsKey(name);

    public static bool IsTag(string tag) => tag.Length is > 0 and <= LongestName && !tag.Any(char.IsControl);

    /// <summary>The image with the attribute set; the refusal when there is no such value, or the attribute is not the caller's to write.</summary>
    public static Outcome<Image> Set(Image image, string name, ImageValue value)
    {
        if (Forbidden(name) is { } forbidden)
        {
            return forbidden;
        }

        if (Base.TryGetValue(name, out var set))
        {
            return set(image, value) is { } changed ? changed : Problem.Bad($"Provided object does not match schema 'image': the value of '{name}' is not one that it can have.");
        }

        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            return Problem.Bad($"The name of a property must be 1 to {LongestName} characters without control characters.");
        }

        return value is ImageValue.Text { Value: { Length: <= LongestValue } text }
            ? image with { Properties = new Dictionary<string, string>(image.Properties, StringComparer.Ordinal) { [name] = text } }
            : Problem.Bad($"Provided object does not match schema 'image': property '{name}' must be a string of at most {LongestValue} characters.");
    }

    public static Outcome<Image> Remove(Image image, string name)
    {
        if (Forbidden(name) is { } forbidden)
        {
            return forbidden;
        }

        if (Base.ContainsKey(name))
        {
            return Problem.Denied($"Property {name} may not be removed.");
        }

        return image.Properties.ContainsKey(name)
            ? image with { Properties = image.Properties.Where(p => p.Key != name).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal) }
            : Problem.Conflicting($"Property {name} does not exist.");
    }

    /// <summary>What is wrong with items that are to be properties of an image, which compute calls its metadata; null when nothing is.</summary>
    public static Problem? CheckMetadata(IReadOnlyDictionary<string, string> items) => items.Select(item => item.Key.Length is 0 or > LongestName || item.Value.Length > LongestName
        ? Problem.Bad($"Metadata keys and values must be at most {LongestName} characters, keys not empty.")
        : IsBase(item.Key) ? Problem.Bad($"Metadata key {item.Key} is an attribute of images.")
        : Set(Empty, item.Key, new ImageValue.Text(item.Value)).Problem is { } problem ? problem with { Kind = ProblemKind.BadRequest }
        : null).FirstOrDefault(problem => problem is not null);

    /// <summary>What an image may not become, whoever asks.</summary>
    public static Problem? CheckCounts(Image image)
    {
        if (image.Properties.Count > MostProperties)
        {
            return new Problem(ProblemKind.TooLarge, $"The limit has been exceeded on the number of allowed image properties. Attempted: {image.Properties.Count}, Maximum: {MostProperties}");
        }

        return image.Tags.Count > MostTags
            ? new Problem(ProblemKind.TooLarge, $"The limit has been exceeded on the number of allowed image tags. Attempted: {image.Tags.Count}, Maximum: {MostTags}")
            : null;
    }

    private static Problem? Forbidden(string name) =>
        ReadOnly.Contains(name) ? Problem.Denied($"Attribute '{name}' is read-only.")
        : Reserved.Contains(name) ? Problem.Denied($"Attribute '{name}' is reserved.")
        : name == "locations" ? Problem.Denied("It's not allowed to add, replace or remove locations: they are not shown.")
        : null;

    private static bool OneOf(ImageValue value, IReadOnlyList<string> known, out string? text)
    {
        text = (value as ImageValue.Text)?.Value;
        return value is ImageValue.Nothing || (text is not null && known.Contains(text));
    }
}
