using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Entities as compute shows them.</summary>
internal static class Views
{
    /// <summary>Created and updated times.</summary>
    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", null);

    /// <summary>Times as nova's database prints them.</summary>
    public static string DbTime(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", null);

    public static void Link(Utf8JsonWriter w, string rel, string href)
    {
        w.WriteStartObject();
        w.WriteString("rel", rel);
        w.WriteString("href", href);
        w.WriteEndObject();
    }

    public static void Links(Utf8JsonWriter w, ApiCall call, string path, bool self = true)
    {
        w.WriteStartArray("links");
        if (self)
        {
            Link(w, "self", $"{call.Root}/compute/v2.1/{path}");
        }

        Link(w, "bookmark", $"{call.Root}/compute/{path}");
        w.WriteEndArray();
    }

    /// <summary>Addresses by network label, a floating one right after its fixed one.</summary>
    public static void Addresses(Utf8JsonWriter w, InstanceDetails details, bool extended)
    {
        w.WriteStartObject();
        foreach (var network in details.Nics.GroupBy(nic => nic.Network.Label))
        {
            AddressList(w, network.Key, network, extended);
        }

        w.WriteEndObject();
    }

    /// <summary>The addresses on one network, under its label.</summary>
    public static void AddressList(Utf8JsonWriter w, string label, IEnumerable<NicDetails> nics, bool extended)
    {
        w.WriteStartArray(label);
        foreach (var nic in nics)
        {
            foreach (var address in nic.Fixed)
            {
                Address(w, $"{address.Address}", address.Address.IsV4(), extended ? ("fixed", nic.Nic.Mac) : null);
                foreach (var floating in nic.Floating.Where(f => address.Address.Equals(f.FixedAddress)))
                {
                    Address(w, $"{floating.Address}", true, extended ? ("floating", nic.Nic.Mac) : null);
                }
            }
        }

        w.WriteEndArray();
    }

    public static void Texts(Utf8JsonWriter w, string name, IEnumerable<KeyValuePair<string, string>> items)
    {
        w.WriteStartObject(name);
        foreach (var (key, value) in items)
        {
            w.WriteString(key, value);
        }

        w.WriteEndObject();
    }

    public static void List(Utf8JsonWriter w, string name, IEnumerable<string> items)
    {
        w.WriteStartArray(name);
        foreach (var item in items)
        {
            w.WriteStringValue(item);
        }

        w.WriteEndArray();
    }

    public static void Flavor(Utf8JsonWriter w, ApiCall call, Flavor f, bool detail)
    {
        w.WriteString("id", f.FlavorId);
        w.WriteString("name", f.Name);
        Links(w, call, $"flavors/{f.FlavorId}");
        if (!detail)
        {
            return;
        }

        w.WriteNumber("ram", f.Ram);
        w.WriteNumber("disk", f.Disk);
        w.WriteNumber("vcpus", f.Vcpus);
        if (f.Swap == 0)
        {
            w.WriteString("swap", "");
        }
        else
        {
            w.WriteNumber("swap", f.Swap);
        }

        w.WriteBoolean("OS-FLV-DISABLED:disabled", false);
        w.WriteNumber("OS-FLV-EXT-DATA:ephemeral", f.Ephemeral);
        w.WriteBoolean("os-flavor-access:is_public", f.IsPublic);

        // A number with a point, also where it is whole.
        w.WritePropertyName("rxtx_factor");
        w.WriteRawValue(f.RxtxFactor == Math.Floor(f.RxtxFactor) && f.RxtxFactor < 1e15 ? $"{f.RxtxFactor:0}.0" : $"{f.RxtxFactor:R}");
    }

    /// <summary>Groups by name, as servers show them.</summary>
    public static void SecurityGroups(Utf8JsonWriter w, IEnumerable<string> names)
    {
        w.WriteStartArray("security_groups");
        foreach (var name in names)
        {
            w.WriteStartObject();
            w.WriteString("name", name);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Address(Utf8JsonWriter w, string address, bool v4, (string Type, MacAddress Mac)? extended)
    {
        w.WriteStartObject();
        w.WriteString("addr", address);
        w.WriteNumber("version", v4 ? 4 : 6);
        if (extended is { } more)
        {
            w.WriteString("OS-EXT-IPS:type", more.Type);
            w.WriteString("OS-EXT-IPS-MAC:mac_addr", $"{more.Mac}");
        }

        w.WriteEndObject();
    }
}
