using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-keypairs: a user's keys, ssh and (from 2.2 on) x509.</summary>
internal static class KeyPairsApi
{
    private const string V = "/compute/v2.1/os-keypairs";
    private const int Types = 2;
    private const int OtherUsers = 10;
    private const int Paged = 35;

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.User, ListAsync)
        .Doc("Lists the key pairs of a user.", query: ["user_id", "limit", "marker"])
        .Map("POST", V, Access.User, CreateAsync)
        .Doc("Imports a key, or makes a pair: then the private key is told this once.", example: """{"keypair":{"name":"k","public_key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA c"}}""")
        .Map("GET", $"{V}/{{name}}", Access.User, ShowAsync)
        .Doc("Shows a key pair.", query: "user_id")
        .Map("DELETE", $"{V}/{{name}}", Access.User, DeleteAsync)
        .Doc("Deletes a key pair.", status: 202, query: "user_id");

    /// <summary>Whose keys: an administrator may name another user.</summary>
    private static Outcome<string> User(ApiCall call, string? asked) => call.Microversion < OtherUsers || asked is null || asked == call.Caller.UserId ? call.Caller.UserId
        : call.Caller.IsAdmin ? asked
        : Problem.Denied("Policy doesn't allow key pairs of another user: it is for administrators.");

    private static async Task ListAsync(ApiCall call)
    {
        var paged = call.Microversion >= Paged;
        Outcome<int> limits = paged ? Paging.Limit(call) : int.MaxValue;
        if (!User(call, call.Query("user_id")).Succeeded(out var user, out var problem) || !limits.Succeeded(out var limit, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        var marker = paged ? call.Query("marker") : null;
        var keys = await call.Services.Store.ReadAsync(
            async s => marker is not null && await s.KeyPairs.FindAsync(user, marker, call.Cancel) is null ? null : await s.KeyPairs.ListAsync(user, marker, limit, call.Cancel), call.Cancel);
        if (keys is null)
        {
            await Errors.WriteAsync(call, 400, $"marker [{marker}] not found");
            return;
        }

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
            Paging.Next(w, call, "keypairs_links", (keys, limit), key => key.Name);
        });
    }

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var k = body.Object("keypair");
        string[] known = ["name", "public_key", .. call.Microversion >= Types ? ["type"] : Array.Empty<string>(), .. call.Microversion >= OtherUsers ? ["user_id"] : Array.Empty<string>()];
        k.Only(known);
        var (name, publicKey, type) = (k.Text("name"), k.TryText("public_key"), k.TryText("type") ?? KeyPairActions.Ssh);
        if (type is not (KeyPairActions.Ssh or KeyPairActions.X509))
        {
            k.Note($"Invalid input for field/attribute type: '{type}' is not one of ssh, x509.");
        }

        Problem? problem = body.Wrong;
        if (problem is not null || !User(call, k.TryText("user_id")).Succeeded(out var user, out problem)
            || !(await call.Services.KeyPairs.CreateAsync(call.Caller, user, (name, type), publicKey, call.Cancel)).Succeeded(out var made, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        await call.AnswerAsync(call.Microversion >= Types ? 201 : 200, w =>
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

    private static async Task ShowAsync(ApiCall call)
    {
        if (!User(call, call.Query("user_id")).Succeeded(out var user, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        var key = await call.Services.Store.ReadAsync(s => s.KeyPairs.FindAsync(user, call.Segment("name"), call.Cancel), call.Cancel);
        if (key is null)
        {
            await Errors.WriteAsync(call, 404, $"Keypair {call.Segment("name")} not found for user {user}");
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

    private static async Task DeleteAsync(ApiCall call)
    {
        if (!User(call, call.Query("user_id")).Succeeded(out var user, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        await call.DoneAsync(await call.Services.KeyPairs.DeleteAsync(user, call.Segment("name"), call.Cancel), call.Microversion >= Types ? 204 : 202);
    }

    private static void Key(Utf8JsonWriter w, ApiCall call, KeyPair key)
    {
        w.WriteString("name", key.Name);
        w.WriteString("public_key", key.PublicKey);
        w.WriteString("fingerprint", key.Fingerprint);
        if (call.Microversion >= Types)
        {
            w.WriteString("type", key.Type);
        }
    }
}
