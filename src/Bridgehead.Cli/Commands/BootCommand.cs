using System.Text.Json;
using Bridgehead.Model;
using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>boot.</summary>
internal static class BootCommand
{
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("boot", "Boot a new server.",
        [
            P.Option("--flavor", "<flavor>", "Name or ID of the flavor."),
            P.Option("--image", "<image>", "Name or ID of the image."),
            P.Option("--min-count", "<number>", "Boot at least this many servers."),
            P.Option("--max-count", "<number>", "Boot up to this many servers.", "--num-instances"),
            P.Repeated("--meta", "<key=value>", "A metadata item; may be repeated."),
            P.Repeated("--file", "<dst-path=src-path>", "Put the file src-path into the server as dst-path; may be repeated."),
            P.Option("--key-name", "<key-name>", "Key pair whose public key the server is given."),
            P.Option("--user-data", "<user-data>", "File that the metadata service shows the server."),
            P.Option("--availability-zone", "<availability-zone>", "Zone to run in, or ZONE:HOST."),
            P.Option("--security-groups", "<security-groups>", "Names of security groups, with commas between them."),
            P.Repeated("--hint", "<key=value>", "A hint to the scheduler; may be repeated."),
            P.Repeated("--nic", "<net-id=net-uuid,net-name=network-name,v4-fixed-ip=ip-addr,v6-fixed-ip=ip-addr,port-id=port-uuid>",
                "An interface on a network, perhaps with an address of your choice; may be repeated. auto and none stand alone."),
            P.Option("--config-drive", "<value>", "true to give the server a configuration drive."),
            P.Switch("--poll", "Report progress until the server runs."),
            P.Option("--admin-pass", "<value>", "Administrator's password of the server."),
            P.Option("--access-ip-v4", "<value>", "IPv4 address to show as the server's."),
            P.Option("--access-ip-v6", "<value>", "IPv6 address to show as the server's."),
            P.Option("--description", "<description>", "Description; needs version 2.19 or later."),
            P.Argument("name", "Name of the new server."),
        ],
        RunAsync),
    ];

    private static async Task RunAsync(Call call)
    {
        var flavor = call["--flavor"] ?? throw new CommandException("you need to specify a Flavor ID.");
        var image = call["--image"] ?? throw new CommandException("you need to specify an Image ID.");
        var nics = call.Arguments.Values("--nic").Select(Nic.Parse).ToList();
        if (nics.Exists(nic => nic.Word is not null))
        {
            call.Compute.WantWords();
        }

        var count = Count(call.Arguments);
        var files = call.Arguments.Pairs("--file").Select(pair => (pair.Key, Content: Read(call, pair.Value))).ToList();
        var userData = call["--user-data"] is { } file ? Read(call, file) : null;
        var (imageId, flavorId) = ((await call.Lookup.ImageAsync(image)).Id(), (await call.Lookup.FlavorAsync(flavor)).Id());
        for (var i = 0; i < nics.Count; i++)
        {
            nics[i] = nics[i] is { Label: { } label } named ? named with { NetworkId = (await call.Lookup.NetworkAsync(label)).Id() } : nics[i];
        }

        var answer = await call.Compute.PostAsync("servers", w =>
        {
            w.Object("server", () =>
            {
                w.WriteString("name", call.Required("name"));
                w.WriteString("imageRef", imageId);
                w.WriteString("flavorRef", flavorId);
                w.WriteNumber("min_count", count.Min);
                w.WriteNumber("max_count", count.Max);
                WriteChoices(w, call, userData, files);
                WriteNetworks(w, nics, call.Compute.WantsNetworks);
            });
            WritePairs(w, call, "--hint", "os:scheduler_hints");
        });
        await ShowAsync(call, answer.Member("server"));
    }

    private static async Task ShowAsync(Call call, JsonElement created)
    {
        var id = created.Id();
        var server = (await call.Compute.GetAsync($"servers/{id}")).Member("server");
        await ServerView.PrintAsync(call, server, created.Members().Where(m => m.Name == "adminPass").Select(m => (m.Name, Cell.Of(m.Value))));
        if (call.Arguments.Has("--poll"))
        {
            await Polling.WaitAsync(call, id, "building", ServerStatus.Active);
        }
    }

    private static (int Min, int Max) Count(Arguments arguments)
    {
        var (min, max) = (arguments.Int("--min-count"), arguments.Int("--max-count"));
        var count = (Min: min ?? 1, Max: max ?? min ?? 1);
        return count switch
        {
            { Min: < 1 } => throw new CommandException("min_count should be >= 1"),
            { Max: < 1 } => throw new CommandException("max_count should be >= 1"),
            _ when count.Min > count.Max => throw new CommandException("min_count should be <= max_count"),
            _ => count,
        };
    }

    private static void WriteChoices(Utf8JsonWriter w, Call call, byte[]? userData, List<(string Path, byte[] Content)> files)
    {
        w.Optional("key_name", call["--key-name"]);
        w.Optional("availability_zone", call["--availability-zone"]);
        w.Optional("adminPass", call["--admin-pass"]);
        w.Optional("accessIPv4", call["--access-ip-v4"]);
        w.Optional("accessIPv6", call["--access-ip-v6"]);
        w.Optional("description", call["--description"]);
        if (userData is not null)
        {
            w.WriteBase64String("user_data", userData);
        }

        if (call["--config-drive"] is { } drive)
        {
            w.WriteBoolean("config_drive", drive.ToLowerInvariant() is "1" or "true" or "yes" or "on" or "t" or "y");
        }

        WritePairs(w, call, "--meta", "metadata");
        WriteList(w, "security_groups", (call["--security-groups"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), name => w.WriteString("name", name));
        WriteList(w, "personality", files, file =>
        {
            w.WriteString("path", file.Path);
            w.WriteBase64String("contents", file.Content);
        });
    }

    private static void WritePairs(Utf8JsonWriter w, Call call, string option, string name)
    {
        if (call.Arguments.Has(option))
        {
            w.Object(name, () =>
            {
                // A key given twice counts as given last.
                foreach (var pair in call.Arguments.Pairs(option).GroupBy(p => p.Key, StringComparer.Ordinal))
                {
                    w.WriteString(pair.Key, pair.Last().Value);
                }
            });
        }
    }

    private static void WriteNetworks(Utf8JsonWriter w, List<Nic> nics, bool wanted)
    {
        if (nics.Find(nic => nic.Word is not null)?.Word is { } word)
        {
            w.WriteString("networks", nics.Count == 1 ? word : throw new CommandException("'auto' or 'none' cannot be used with any other nic arguments"));
        }
        else if (nics.Count == 0 && wanted)
        {
            w.WriteString("networks", "auto");
        }
        else
        {
            WriteList(w, "networks", nics, nic =>
            {
                w.Optional("uuid", nic.NetworkId);
                w.Optional("fixed_ip", nic.Address);
                w.Optional("port", nic.PortId);
            });
        }
    }

    /// <summary>A list of objects, unless it is empty.</summary>
    private static void WriteList<T>(Utf8JsonWriter w, string name, IReadOnlyCollection<T> items, Action<T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        w.WriteStartArray(name);
        foreach (var item in items)
        {
            w.WriteStartObject();
            write(item);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static byte[] Read(Call call, string file)
    {
        try
        {
            return call.Surroundings.ReadFile(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Can't open '{file}': {problem.Message}");
        }
    }

    /// <summary>One <c>--nic</c>.</summary>
    private sealed record Nic(string? NetworkId = null, string? Label = null, string? Address = null, string? PortId = null, string? Word = null)
    {
        public static Nic Parse(string text)
        {
            if (text is "auto" or "none")
            {
                return new Nic(Word: text);
            }

            var nic = new Nic();
            foreach (var part in text.Split(','))
            {
                var at = part.IndexOf('=', StringComparison.Ordinal);
                var (key, value) = at > 0 ? (part[..at], part[(at + 1)..]) : throw Wrong(text);
                nic = key switch
                {
                    "net-id" when nic.NetworkId is null => nic with { NetworkId = value },
                    "net-name" when nic.Label is null => nic with { Label = value },
                    "v4-fixed-ip" or "v6-fixed-ip" when nic.Address is null && Ip.TryParse(value, out _) => nic with { Address = value },
                    "port-id" when nic.PortId is null => nic with { PortId = value },
                    _ => throw Wrong(text),
                };
            }

            return new[] { nic.NetworkId, nic.Label, nic.PortId }.Count(choice => choice is not null) == 1 ? nic : throw Wrong(text);
        }

        private static CommandException Wrong(string text) => new(
            $"Invalid nic argument '{text}'. It must be auto, none, or name one network or port and perhaps an address: --nic net-id=NET-UUID,v4-fixed-ip=IP-ADDR");
    }
}
