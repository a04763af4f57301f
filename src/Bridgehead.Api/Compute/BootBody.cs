using System.Net;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>The body of a create request.</summary>
internal static class BootBody
{
    private const int NetworksMandatory = 37;
    private const int MostHinted = 100;

    private const int Description = 19;

    private static readonly string[] Known =
    [
        "name", "imageRef", "flavorRef", "key_name", "networks", "security_groups", "min_count", "max_count", "return_reservation_id", "metadata", "user_data", "config_drive", "availability_zone",
        "adminPass", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig", "personality", "block_device_mapping", "block_device_mapping_v2",
    ];

    public static Outcome<BootRequest> Read(JsonBody body, int microversion)
    {
        body.Only("server", "os:scheduler_hints", "OS-SCH-HNT:scheduler_hints");
        var server = body.Object("server");
        server.Only(microversion >= Description ? [.. Known, "description"] : Known);
        var image = Image(server);
        CheckVolumes(server, image);
        var min = server.TryInt("min_count") ?? 1;
        var request = new BootRequest
        {
            Name = server.Text("name"),
            ImageId = image,
            FlavorId = Flavor(server),
            KeyName = server.TryText("key_name"),
            UserData = server.TryText("user_data"),
            Description = server.TryText("description"),
            AvailabilityZone = server.TryText("availability_zone"),
            Networks = Networks(server, microversion),
            SecurityGroups = [.. server.List("security_groups").Select(group => group.TryId("name") ?? "")],
            Metadata = server.TryObject("metadata")?.Texts() ?? [],
            MinCount = min,
            MaxCount = server.TryInt("max_count") ?? Math.Max(min, 1),
            Files = Files(server),
            ConfigDrive = server.TryBool("config_drive") ?? false,
            AccessIPv4 = Address(server, "accessIPv4") ?? "",
            AccessIPv6 = Address(server, "accessIPv6") ?? "",
            DiskConfig = DiskConfig(server) ?? "MANUAL",
            Hints = Hints(body.TryObject("os:scheduler_hints") ?? body.TryObject("OS-SCH-HNT:scheduler_hints")),
        };
        server.TryText("adminPass");
        server.TryBool("return_reservation_id");
        return body.Wrong is { } wrong ? wrong : request;
    }

    /// <summary>An id, or an address that ends in one.</summary>
    public static Guid Image(JsonBody server)
    {
        var text = server.Text("imageRef").TrimEnd('/').Split('/')[^1];
        if (!Guid.TryParseExact(text, "D", out var image))
        {
            server.Note($"Invalid imageRef provided: {text}");
        }

        return image;
    }

    /// <summary>An id, which may be a number, or an address that ends in one.</summary>
    public static string Flavor(JsonBody server) => (server.TryId("flavorRef") ?? server.Text("flavorRef")).TrimEnd('/').Split('/')[^1];

    public static string? DiskConfig(JsonBody server) => server.TryOneOf("OS-DCF:diskConfig", "AUTO", "MANUAL");

    public static List<InjectedFile> Files(JsonBody server) => [.. server.List("personality").Select(File)];

    /// <summary>Hints that we do not follow are ignored, as nova's filters ignore those of filters that are off.</summary>
    private static SchedulerHints Hints(JsonBody? hints) => hints is null ? SchedulerHints.None : new(hints.TryUuid("group"), Servers(hints, "different_host"), Servers(hints, "same_host"));

    private static List<Guid> Servers(JsonBody hints, string name)
    {
        var texts = hints.TextList(name);
        if (texts.Count > MostHinted || texts.Any(text => !Guid.TryParseExact(text, "D", out _)))
        {
            hints.Note($"Invalid input for field/attribute {name}: it must be the id of a server, or a list of at most {MostHinted}.");
            return [];
        }

        return [.. texts.Select(text => Guid.ParseExact(text, "D"))];
    }

    /// <summary>Clients say of the image that it is the disk to boot from; any other disk is one of Cinder's or of a driver that has some.</summary>
    private static void CheckVolumes(JsonBody server, Guid image)
    {
        foreach (var disk in server.List("block_device_mapping").Concat(server.List("block_device_mapping_v2")))
        {
            if (!disk.Is("source_type", "image") || !disk.Is("destination_type", "local") || !disk.Is("uuid", image.ToString("D")) || disk.TryInt("boot_index") != 0)
            {
                disk.Note("Block Device Mapping is Invalid: this cloud has no volumes; a server boots from its image and has no other disk.");
            }
        }
    }

    private static IReadOnlyList<NetworkRequest>? Networks(JsonBody server, int microversion)
    {
        if (server.IsText("networks"))
        {
            var word = server.TryText("networks");
            if (microversion < NetworksMandatory || word is not ("auto" or "none"))
            {
                server.Note("Invalid input for field/attribute networks: it must be a list.");
            }

            return word == "none" ? [] : null;
        }

        if (microversion >= NetworksMandatory && !server.Has("networks"))
        {
            server.Note("'networks' is a required property");
        }

        var list = server.List("networks");
        return list.Count == 0 ? null : [.. list.Select(Network)];
    }

    private static NetworkRequest Network(JsonBody network)
    {
        network.Only("uuid", "fixed_ip", "port");
        IPAddress? address = null;
        if (network.TryText("fixed_ip") is { } text && !Ip.TryParse(text, out address))
        {
            network.Note($"Invalid fixed IP address ({text})");
        }

        if (network.Has("port"))
        {
            network.Note("Ports exist with Neutron only; give a network's uuid.");
        }

        return new NetworkRequest(network.TryUuid("uuid") ?? Guid.Empty, address);
    }

    private static InjectedFile File(JsonBody file)
    {
        var (path, text) = (file.Text("path"), file.Text("contents"));
        if (path.Length == 0 || path.Any(char.IsControl))
        {
            file.Note("Invalid input for field/attribute path: it must be a path without control characters.");
        }

        var content = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, content, out var length))
        {
            file.Note($"Personality content for {path} cannot be decoded: it must be base64.");
        }

        return new InjectedFile(path, content.AsMemory(0, length));
    }

    /// <summary>accessIPv4 or accessIPv6: empty, or an address of that kind in its canonical form (RFC 5952).</summary>
    public static string? Address(JsonBody server, string name)
    {
        var text = server.TryText(name);
        if (text is null or "")
        {
            return text;
        }

        if (Ip.TryParse(text, out var address) && address.IsV4() == name.EndsWith('4'))
        {
            return $"{address}";
        }

        server.Note($"Invalid input for field/attribute {name}: '{text}' is not an {name[6..]} address.");
        return null;
    }
}
