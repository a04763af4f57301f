using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-keypairs: the caller's SSH keys.</summary>
internal static class KeyPairsApi
{
    private const string V = "/compute/v2.1";

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/os-keypairs", Access.User, KeysAsync)
        .Map("POST", $"{V}/os-keypairs", Access.User, CreateKeyAsync)
        .Map("GET", $"{V}/os-keypairs/{{name}}", Access.User, KeyAsync)
        .Map("DELETE", $"{V}/os-keypairs/{{name}}", Access.User, async call =>
            await call.DoneAsync(await call.Services.KeyPairs.DeleteAsync(call.Caller, call.Segment("name"), call.Cancel), call.Microversion >= 2 ? 204 : 202));

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
