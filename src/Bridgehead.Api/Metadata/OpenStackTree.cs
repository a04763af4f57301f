using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>OpenStack's own metadata, by version.</summary>
internal static class OpenStackTree
{
    public const string PasswordName = "password";
    public const string ContentName = "content";
    private const string Grizzly = "2013-04-04";
    private const string Havana = "2013-10-17";
    private const string Liberty = "2015-10-15";
    private const string NewtonOne = "2016-06-30";
    private const string NewtonTwo = "2016-10-06";

    public static readonly IReadOnlyList<string> Versions = ["2012-08-10", Grizzly, Havana, Liberty, NewtonOne, NewtonTwo, "2017-02-22"];

    public static bool IsVersion(string version) => version == MetadataTree.Latest || Versions.Contains(version);

    public static MetadataNode? Build(MetadataSubject subject, string version)
    {
        if (version == ContentName)
        {
            return Contents(subject.Files);
        }

        if (!IsVersion(version))
        {
            return null;
        }

        var known = version == MetadataTree.Latest ? Versions[^1] : version;
        var tree = new MetadataNode.Directory().With("meta_data.json", InstanceData(subject, known));
        if (subject.UserData is { } data)
        {
            tree.With("user_data", new MetadataNode.Document(data, "application/octet-stream"));
        }

        if (Has(known, Grizzly))
        {
            tree.With(PasswordName, subject.Password ?? "");
        }

        if (Has(known, Havana))
        {
            tree.With("vendor_data.json", new MetadataNode.Document(subject.Vendor.Text, "application/json"));
        }

        if (Has(known, Liberty))
        {
            tree.With("network_data.json", Json(w => NetworkData.Write(w, subject.Details)) with { ContentType = "text/plain" });
        }

        return Has(known, NewtonTwo) ? tree.With("vendor_data2.json", Json(w => Vendor(w, subject.Vendor))) : tree;
    }

    private static MetadataNode.Document InstanceData(MetadataSubject subject, string version)
    {
        int? seedAt = null;
        return Json(w => seedAt = Instance(w, subject, version)) with { SeedAt = seedAt };
    }

    private static bool Has(string version, string since) => string.CompareOrdinal(since, version) <= 0;

    /// <summary>Returns where the seed's place is; null when the version has none.</summary>
    private static int? Instance(Utf8JsonWriter w, MetadataSubject s, string version)
    {
        int? seedAt = null;
        var i = s.Instance;
        w.WriteString("uuid", i.Uuid);
        if (s.Details.Metadata.Count > 0)
        {
            Views.Texts(w, "meta", s.Details.Metadata);
        }

        if (s.Files.Count > 0)
        {
            Files(w, s.Files);
        }

        if (i.KeyData is { } key)
        {
            Keys(w, i.KeyName ?? "", key);
        }

        w.WriteString("hostname", s.HostName);
        w.WriteString("name", i.DisplayName);
        w.WriteNumber("launch_index", i.LaunchIndex);
        w.WriteString("availability_zone", i.AvailabilityZone);
        if (Has(version, Grizzly))
        {
            seedAt = PlaceOfSeed(w);
        }

        Later(w, i, version);
        return seedAt;
    }

    private static void Later(Utf8JsonWriter w, Model.Instance i, string version)
    {
        if (Has(version, Liberty))
        {
            w.WriteString("project_id", i.ProjectId);
        }

        if (Has(version, NewtonOne))
        {
            // Only devices with tags of the user's are told, and nova-network's have none.
            w.WriteStartArray("devices");
            w.WriteEndArray();
        }
    }

    private static int PlaceOfSeed(Utf8JsonWriter w)
    {
        ReadOnlySpan<byte> none = stackalloc byte[MetadataNode.Document.SeedLength];
        w.WriteBase64String("random_seed", none);
        return (int)(w.BytesCommitted + w.BytesPending) - 1 - Base64.GetMaxEncodedToUtf8Length(none.Length);
    }

    private static MetadataNode.Directory Contents(IReadOnlyList<InjectedFile> files)
    {
        var tree = new MetadataNode.Directory();
        for (var number = 0; number < files.Count; number++)
        {
            tree.With(FileName(number), new MetadataNode.Document(files[number].Content, "application/octet-stream"));
        }

        return tree;
    }

    private static string FileName(int number) => number.ToString("d4", CultureInfo.InvariantCulture);

    private static void Files(Utf8JsonWriter w, IReadOnlyList<InjectedFile> files)
    {
        w.WriteStartArray("files");
        for (var number = 0; number < files.Count; number++)
        {
            w.WriteStartObject();
            w.WriteString("path", files[number].Path);
            w.WriteString("content_path", $"/{ContentName}/{FileName(number)}");
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Keys(Utf8JsonWriter w, string name, string key)
    {
        Views.Texts(w, "public_keys", [new(name, key)]);
        w.WriteStartArray("keys");
        w.WriteStartObject();
        w.WriteString("name", name);
        w.WriteString("type", key.StartsWith("-----BEGIN CERTIFICATE", StringComparison.Ordinal) ? "x509" : "ssh");
        w.WriteString("data", key);
        w.WriteEndObject();
        w.WriteEndArray();
    }

    private static void Vendor(Utf8JsonWriter w, VendorData vendor)
    {
        w.WritePropertyName("static");
        w.WriteRawValue(vendor.Text.Span);
    }

    private static MetadataNode.Document Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return new MetadataNode.Document(buffer.WrittenMemory, "application/json");
    }
}
