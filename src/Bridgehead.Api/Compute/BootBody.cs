using System.Net;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>The body of a create request.</summary>
internal static class BootBody
{
    private const int NetworksMandatory = 37;

    public static Outcome<BootRequest> Read(JsonBody body, int microversion)
    {
        var server = body.Object("server");
        var image = server.Text("imageRef").TrimEnd('/').Split('/')[^1];
        var flavor = server.TryId("flavorRef")?.TrimEnd('/').Split('/')[^1];
        if (flavor is null)
        {
            server.Note("'flavorRef' is a required property");
        }

        if (!Guid.TryParse(image, out var imageId))
        {
            server.Note($"Invalid imageRef provided: {image}");
        }

        var min = server.TryInt("min_count") ?? 1;
        var request = new BootRequest
        {
            Name = server.Text("name"),
            ImageId = imageId,
            FlavorId = flavor ?? "",
            KeyName = server.TryText("key_name"),
            UserData = server.TryText("user_data"),
            Description = microversion >= 19 ? server.TryText("description") : null,
            AvailabilityZone = server.TryText("availability_zone"),
            Networks = Networks(server, microversion),
            SecurityGroups = [.. server.List("security_groups").Select(group => group.TryId("name") ?? "")],
            Metadata = server.TryObject("metadata")?.Texts() ?? [],
            MinCount = min,
            MaxCount = server.TryInt("max_count") ?? Math.Max(min, 1),
            Files = [.. server.List("personality").Select(File)],
            ConfigDrive = server.TryBool("config_drive") ?? false,
            AccessIPv4 = Address(server, "accessIPv4") ?? "",
            AccessIPv6 = Address(server, "accessIPv6") ?? "",
        };
        return body.Wrong is { } wrong ? wrong : request;
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

    /// <summary>accessIPv4 or accessIPv6: empty, or an address of that kind.</summary>
    public static string? Address(JsonBody server, string name)
    {
        var text = server.TryText(name);
        if (text is { Length: > 0 } && !(Ip.TryParse(text, out var address) && address.IsV4() == name.EndsWith('4')))
        {
            server.Note($"Invalid input for field/attribute {name}: '{text}' is not an {name[6..]} address.");
        }

        return text;
    }
}
