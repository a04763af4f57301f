namespace Bridgehead.Model;

/// <summary>glance's image statuses that this program uses.</summary>
public static class ImageStatus
{
    /// <summary>It has no content yet.</summary>
    public const string Queued = "queued";

    /// <summary>Its content is arriving.</summary>
    public const string Saving = "saving";
    public const string Active = "active";

    /// <summary>Its content is kept, but only administrators get at it.</summary>
    public const string Deactivated = "deactivated";
}

/// <summary>Who sees an image.</summary>
public static class ImageVisibility
{
    public const string Public = "public";
    public const string Private = "private";

    /// <summary>The owner and the projects that are members.</summary>
    public const string Shared = "shared";

    /// <summary>Everybody who knows its id, or asks for such images.</summary>
    public const string Community = "community";

    public static readonly IReadOnlyList<string> All = [Public, Private, Shared, Community];
}

/// <summary>Names and values of the properties by which compute says where an image is from.</summary>
public static class ImageOrigin
{
    /// <summary>The server that it is a copy of.</summary>
    public const string InstanceUuid = "instance_uuid";

    /// <summary><see cref="Snapshot"/> or <see cref="Backup"/>.</summary>
    public const string ImageType = "image_type";
    public const string Snapshot = "snapshot";
    public const string Backup = "backup";

    /// <summary>Of which kind a backup is, in the user's words.</summary>
    public const string BackupType = "backup_type";
}

/// <summary>An image of the image service (Image API v2).</summary>
public sealed record Image
{
    public required Guid Id { get; init; }

    /// <summary>At most 255 characters; may be empty.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="ImageStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>One of <see cref="ImageVisibility"/>.</summary>
    public required string Visibility { get; init; }

    /// <summary>A project's id; null for what came with the program.</summary>
    public string? Owner { get; init; }

    public string? ContainerFormat { get; init; }

    public string? DiskFormat { get; init; }

    /// <summary>GiB.</summary>
    public int MinDisk { get; init; }

    /// <summary>MiB.</summary>
    public int MinRam { get; init; }

    /// <summary>It cannot be deleted.</summary>
    public bool Protected { get; init; }

    /// <summary>Lists leave it out unless they are asked for hidden ones.</summary>
    public bool OsHidden { get; init; }

    /// <summary>Bytes; null before there is content.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes of the disk that the content describes; null when it does not say.</summary>
    public long? VirtualSize { get; init; }

    /// <summary>MD5 of the content, in hex.</summary>
    public string? Checksum { get; init; }

    /// <summary>SHA-512 of the content, in hex.</summary>
    public string? OsHashValue { get; init; }

    /// <summary>Name of the content's file in the image store's folder; while the image is saving, of the file that it arrives in.</summary>
    public string? Location { get; init; }

    /// <summary>Whether there is content to be read.</summary>
    public bool HasContent => Location is not null && Status is (ImageStatus.Active or ImageStatus.Deactivated);

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>What an image's content turned out to be.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Md5">Hex.</param>
/// <param name="Sha512">Hex.</param>
/// <param name="VirtualSize">Bytes of the disk in it; null when it does not say.</param>
public sealed record ImageContent(long Size, string Md5, string Sha512, long? VirtualSize);

/// <summary>A project that a shared image is offered to. <paramref name="Status"/> is pending, accepted or rejected.</summary>
public sealed record ImageMember(Guid ImageId, string MemberId, string Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
