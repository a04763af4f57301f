using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Images and members as the image service shows them.</summary>
internal static class ImageViews
{
    /// <summary>All attributes, and the image's own properties beside them.</summary>
    public static void Image(Utf8JsonWriter w, Image image)
    {
        foreach (var (name, value) in image.Properties)
        {
            w.WriteString(name, value);
        }

        w.WriteString("id", image.Id);
        w.WriteString("name", image.Name);
        w.WriteString("status", image.Status);
        w.WriteString("visibility", image.Visibility);
        w.WriteBoolean("protected", image.Protected);
        w.WriteBoolean("os_hidden", image.OsHidden);
        w.WriteString("owner", image.Owner);
        w.WriteString("container_format", image.ContainerFormat);
        w.WriteString("disk_format", image.DiskFormat);
        w.WriteNumber("min_disk", image.MinDisk);
        w.WriteNumber("min_ram", image.MinRam);
        Number(w, "size", image.Size);
        Number(w, "virtual_size", image.VirtualSize);
        w.WriteString("checksum", image.Checksum);
        w.WriteString("os_hash_algo", image.OsHashValue is null ? null : "sha512");
        w.WriteString("os_hash_value", image.OsHashValue);
        w.WriteString("created_at", Views.Time(image.CreatedAt));
        w.WriteString("updated_at", Views.Time(image.UpdatedAt));
        Views.List(w, "tags", image.Tags);
        w.WriteString("self", $"/v2/images/{image.Id}");
        w.WriteString("file", $"/v2/images/{image.Id}/file");
        w.WriteString("schema", "/v2/schemas/image");
    }

    public static void Member(Utf8JsonWriter w, ImageMember member)
    {
        w.WriteString("image_id", member.ImageId);
        w.WriteString("member_id", member.MemberId);
        w.WriteString("status", member.Status);
        w.WriteString("created_at", Views.Time(member.CreatedAt));
        w.WriteString("updated_at", Views.Time(member.UpdatedAt));
        w.WriteString("schema", "/v2/schemas/member");
    }

    private static void Number(Utf8JsonWriter w, string name, long? value)
    {
        if (value is { } number)
        {
            w.WriteNumber(name, number);
        }
        else
        {
            w.WriteNull(name);
        }
    }
}
