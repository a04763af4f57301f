using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Flavors, images, key pairs, limits and quotas.</summary>
internal static class CatalogueApi
{
    private const string V = "/compute/v2.1";

    public static void Map(Routes routes)
    {
        routes
            .Map("GET", $"{V}/flavors", Access.User, call => FlavorsAsync(call, detail: false))
            .Map("GET", $"{V}/flavors/detail", Access.User, call => FlavorsAsync(call, detail: true))
            .Map("GET", $"{V}/flavors/{{id}}", Access.User, FlavorAsync)
            .Map("POST", $"{V}/flavors", Access.Admin, CreateFlavorAsync)
            .Map("DELETE", $"{V}/flavors/{{id}}", Access.Admin, async call =>
                await (await call.Services.Store.WriteAsync(s => s.Flavors.RemoveAsync(call.Segment("id"), call.Cancel), call.Cancel)
                    ? call.AnswerAsync(202)
                    : Errors.WriteAsync(call, 404, $"Flavor {call.Segment("id")} could not be found.")))
            .Map("GET", $"{V}/flavors/{{id}}/os-extra_specs", Access.User, call => call.AnswerAsync(200, w => Views.Texts(w, "extra_specs", [])))
            .Map("GET", $"{V}/images", Access.User, call => ImagesAsync(call), Microversions.LastProxy)
            .Map("GET", $"{V}/images/detail", Access.User, call => ImagesAsync(call), Microversions.LastProxy)
            .Map("GET", $"{V}/images/{{id}}", Access.User, call => ImageAsync(call, v2: false), Microversions.LastProxy)
            .Map("GET", "/image", Access.Anyone, ImageVersionsAsync)
            .Map("GET", "/image/versions", Access.Anyone, ImageVersionsAsync)
            .Map("GET", "/image/v2/images", Access.User, ImagesV2Async)
            .Map("GET", "/image/v2/images/{id}", Access.User, call => ImageAsync(call, v2: true));
        routes
            .Map("GET", $"{V}/os-keypairs", Access.User, KeysAsync)
            .Map("POST", $"{V}/os-keypairs", Access.User, CreateKeyAsync)
            .Map("GET", $"{V}/os-keypairs/{{name}}", Access.User, KeyAsync)
            .Map("DELETE", $"{V}/os-keypairs/{{name}}", Access.User, async call =>
                await call.DoneAsync(await call.Services.KeyPairs.DeleteAsync(call.Caller, call.Segment("name"), call.Cancel), call.Microversion >= 2 ? 204 : 202))
            .Map("GET", $"{V}/limits", Access.User, QuotasApi.LimitsAsync)
            .Map("GET", $"{V}/os-quota-sets/{{project}}", Access.User, call => QuotasApi.ShowAsync(call, defaults: false))
            .Map("GET", $"{V}/os-quota-sets/{{project}}/defaults", Access.User, call => QuotasApi.ShowAsync(call, defaults: true))
            .Map("PUT", $"{V}/os-quota-sets/{{project}}", Access.Admin, QuotasApi.SetAsync)
            .Map("DELETE", $"{V}/os-quota-sets/{{project}}", Access.Admin, QuotasApi.ClearAsync);
    }

    private static async Task FlavorsAsync(ApiCall call, bool detail)
    {
        if ((call.Query("minRam") is { } ram && !int.TryParse(ram, out _)) || (call.Query("minDisk") is { } disk && !int.TryParse(disk, out _)))
        {
            await Errors.WriteAsync(call, 400, "minRam and minDisk must be integers");
            return;
        }

        var flavors = await call.Services.Store.ReadAsync(s => s.Flavors.ListAsync(call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("flavors");
            foreach (var flavor in flavors.Where(f => (f.IsPublic || call.Caller.IsAdmin) && f.Ram >= int.Parse(call.Query("minRam") ?? "0") && f.Disk >= int.Parse(call.Query("minDisk") ?? "0")))
            {
                w.WriteStartObject();
                Views.Flavor(w, call, flavor, detail);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task FlavorAsync(ApiCall call)
    {
        var flavor = await call.Services.Store.ReadAsync(s => s.Flavors.FindAsync(call.Segment("id"), call.Cancel), call.Cancel);
        await (flavor is null ? Errors.WriteAsync(call, 404, $"Flavor {call.Segment("id")} could not be found.") : AnswerFlavorAsync(call, flavor));
    }

    private static Task AnswerFlavorAsync(ApiCall call, Flavor flavor) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("flavor");
        Views.Flavor(w, call, flavor, detail: true);
        w.WriteEndObject();
    });

    private static async Task CreateFlavorAsync(ApiCall call, JsonBody body)
    {
        var f = body.Object("flavor");
        var id = f.TryId("id");
        var flavor = new Flavor
        {
            FlavorId = id is null or "auto" ? Guid.NewGuid().ToString("D") : id,
            Name = f.Text("name"),
            Ram = f.TryInt("ram") ?? 0,
            Disk = f.TryInt("disk") ?? -1,
            Vcpus = f.TryInt("vcpus") ?? 0,
            Swap = f.TryInt("swap") ?? 0,
            Ephemeral = f.TryInt("OS-FLV-EXT-DATA:ephemeral") ?? 0,
            IsPublic = f.TryBool("os-flavor-access:is_public") ?? true,
        };
        var problem = body.Wrong ?? Text.CheckName("Flavor name", flavor.Name) ?? Text.CheckName("Flavor id", flavor.FlavorId);
        problem ??= flavor.Ram < 1 || flavor.Vcpus < 1 || flavor.Disk < 0 || flavor.Swap < 0 || flavor.Ephemeral < 0
            ? Problem.Bad("ram and vcpus must be at least 1; disk, swap and ephemeral at least 0.") : null;
        if (problem is not null)
        {
            await call.RefuseAsync(problem);
            return;
        }

        await (await call.Services.Store.WriteAsync(s => s.Flavors.AddAsync(flavor, call.Cancel), call.Cancel)
            ? AnswerFlavorAsync(call, flavor)
            : Errors.WriteAsync(call, 409, $"Flavor with name {flavor.Name} or ID {flavor.FlavorId} already exists."));
    }

    private static async Task ImagesAsync(ApiCall call)
    {
        var images = await call.Services.Store.ReadAsync(s => s.Images.ListAsync(call.Caller.ProjectId, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("images");
            foreach (var image in images.Where(i => call.Query("name") is not { } name || i.Name == name))
            {
                w.WriteStartObject();
                Proxy(w, call, image);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task ImageAsync(ApiCall call, bool v2)
    {
        var image = Guid.TryParse(call.Segment("id"), out var id) ? await call.Services.Store.ReadAsync(s => s.Images.FindAsync(id, call.Cancel), call.Cancel) : null;
        if (image is null || (image.Visibility is not ("public" or "community") && image.Owner != call.Caller.ProjectId && !call.Caller.IsAdmin))
        {
            await Errors.WriteAsync(call, 404, $"Image {call.Segment("id")} could not be found.");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            if (v2)
            {
                Glance(w, image);
                return;
            }

            w.WriteStartObject("image");
            Proxy(w, call, image);
            w.WriteEndObject();
        });
    }

    private static Task ImageVersionsAsync(ApiCall call) => call.AnswerAsync(call.Http.Request.Path.Value!.EndsWith("versions", StringComparison.Ordinal) ? 200 : 300, w =>
    {
        w.WriteStartArray("versions");
        w.WriteStartObject();
        w.WriteString("id", "v2.9");
        w.WriteString("status", "CURRENT");
        w.WriteStartArray("links");
        Views.Link(w, "self", $"{call.Root}/image/v2/");
        w.WriteEndArray();
        w.WriteEndObject();
        w.WriteEndArray();
    });

    private static async Task ImagesV2Async(ApiCall call)
    {
        var images = await call.Services.Store.ReadAsync(s => s.Images.ListAsync(call.Caller.ProjectId, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("images");
            foreach (var image in images.Where(i => call.Query("name") is not { } name || i.Name == name))
            {
                w.WriteStartObject();
                Glance(w, image);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            w.WriteString("first", "/v2/images");
            w.WriteString("schema", "/v2/schemas/images");
        });
    }

    private static void Proxy(Utf8JsonWriter w, ApiCall call, Image image)
    {
        w.WriteString("id", image.Id);
        w.WriteString("name", image.Name);
        w.WriteString("status", image.Status.ToUpperInvariant());
        w.WriteString("created", Views.Time(image.CreatedAt));
        w.WriteString("updated", Views.Time(image.UpdatedAt));
        w.WriteNumber("minDisk", image.MinDisk);
        w.WriteNumber("minRam", image.MinRam);
        w.WriteNumber("progress", 100);
        Views.Texts(w, "metadata", []);
        Views.Links(w, call, $"images/{image.Id}");
        w.WriteNumber("OS-EXT-IMG-SIZE:size", image.Size ?? 0);
    }

    private static void Glance(Utf8JsonWriter w, Image image)
    {
        w.WriteString("id", image.Id);
        w.WriteString("name", image.Name);
        w.WriteString("status", image.Status);
        w.WriteString("visibility", image.Visibility);
        w.WriteBoolean("protected", false);
        w.WriteBoolean("os_hidden", false);
        w.WriteString("owner", image.Owner);
        w.WriteString("container_format", image.ContainerFormat);
        w.WriteString("disk_format", image.DiskFormat);
        w.WriteNumber("min_disk", image.MinDisk);
        w.WriteNumber("min_ram", image.MinRam);
        w.WriteNumber("size", image.Size ?? 0);
        w.WriteNull("virtual_size");
        w.WriteNull("checksum");
        w.WriteString("created_at", Views.Time(image.CreatedAt));
        w.WriteString("updated_at", Views.Time(image.UpdatedAt));
        w.WriteStartArray("tags");
        w.WriteEndArray();
        w.WriteString("self", $"/v2/images/{image.Id}");
        w.WriteString("file", $"/v2/images/{image.Id}/file");
        w.WriteString("schema", "/v2/schemas/image");
    }

    private static async Task KeysAsync(ApiCall call)
    {
        var keys = await call.Services.Store.ReadAsync(s => s.KeyPairs.ListAsync(call.Caller.UserId, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("keypairs");
            foreach (var key in keys)
            {
                w.WriteStartObject();
                w.WriteStartObject("keypair");
                Key(w, call, key);
                w.WriteEndObject();
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task CreateKeyAsync(ApiCall call, JsonBody body)
    {
        var k = body.Object("keypair");
        var (name, publicKey) = (k.Text("name"), k.TryText("public_key"));
        if (k.TryText("type") is { } type and not "ssh")
        {
            k.Note($"Key pairs of type {type} are not available; use ssh.");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        if (!(await call.Services.KeyPairs.CreateAsync(call.Caller, name, publicKey, call.Cancel)).Succeeded(out var made, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        await call.AnswerAsync(call.Microversion >= 2 ? 201 : 200, w =>
        {
            w.WriteStartObject("keypair");
            Key(w, call, made.KeyPair);
            w.WriteString("user_id", made.KeyPair.UserId);
            if (made.PrivateKey is { } secret)
            {
                w.WriteString("private_key", secret);
            }

            w.WriteEndObject();
        });
    }

    private static async Task KeyAsync(ApiCall call)
    {
        var key = await call.Services.Store.ReadAsync(s => s.KeyPairs.FindAsync(call.Caller.UserId, call.Segment("name"), call.Cancel), call.Cancel);
        if (key is null)
        {
            await Errors.WriteAsync(call, 404, $"Keypair {call.Segment("name")} not found for user {call.Caller.UserId}");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("keypair");
            Key(w, call, key);
            w.WriteString("user_id", key.UserId);
            w.WriteNumber("id", key.Id);
            w.WriteBoolean("deleted", false);
            w.WriteString("created_at", Views.DbTime(key.CreatedAt));
            w.WriteNull("updated_at");
            w.WriteNull("deleted_at");
            w.WriteEndObject();
        });
    }

    private static void Key(Utf8JsonWriter w, ApiCall call, KeyPair key)
    {
        w.WriteString("name", key.Name);
        w.WriteString("public_key", key.PublicKey);
        w.WriteString("fingerprint", key.Fingerprint);
        if (call.Microversion >= 2)
        {
            w.WriteString("type", key.Type);
        }
    }
}
