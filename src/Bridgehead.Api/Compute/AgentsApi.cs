using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>os-agents: builds of guest agents that an administrator keeps. No driver here installs one.</summary>
internal static class AgentsApi
{
    private const string V = "/compute/v2.1/os-agents";

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.Admin, ListAsync)
        .Doc("Lists builds of guest agents.", query: "hypervisor")
        .Map("POST", V, Access.Admin, CreateAsync)
        .Doc("Makes a build known.", example: """{"agent":{"hypervisor":"xen","os":"linux","architecture":"x86","version":"1.0","md5hash":"add6bb58e139be103324d04d82d8f545","url":"http://example.org/a"}}""")
        .Map("PUT", $"{V}/{{id}}", Access.Admin, UpdateAsync)
        .Doc("Changes a build.", example: """{"para":{"version":"1.1","md5hash":"add6bb58e139be103324d04d82d8f545","url":"http://example.org/b"}}""")
        .Map("DELETE", $"{V}/{{id}}", Access.Admin, DeleteAsync)
        .Doc("Forgets a build.");

    private static async Task ListAsync(ApiCall call)
    {
        var builds = await call.Services.Store.ReadAsync(s => s.AgentBuilds.ListAsync(call.Query("hypervisor"), call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("agents");
            foreach (var build in builds)
            {
                w.WriteStartObject();
                Write(w, build);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var a = body.Object("agent");
        a.Only("hypervisor", "os", "architecture", "version", "md5hash", "url");
        var build = new AgentBuild(0, Word(a, "hypervisor"), Word(a, "os"), Word(a, "architecture"), Word(a, "version"), Hash(a), Word(a, "url"));
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var id = await call.Services.Store.WriteAsync(s => s.AgentBuilds.AddAsync(build, call.Cancel), call.Cancel);
        await (id == 0
            ? Errors.WriteAsync(call, 409, $"Agent-build with hypervisor {build.Hypervisor} os {build.Os} architecture {build.Architecture} exists.")
            : call.AnswerAsync(200, w =>
            {
                w.WriteStartObject("agent");
                Write(w, build with { Id = id });
                w.WriteEndObject();
            }));
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var a = body.Object("para");
        a.Only("version", "md5hash", "url");
        var (version, hash, url) = (Word(a, "version"), Hash(a), Word(a, "url"));
        if (Id(call) is not { } id || body.Wrong is not null)
        {
            await Errors.WriteAsync(call, 400, body.Wrong?.Message ?? $"Invalid input for field/attribute id: {call.Segment("id")} is not an integer.");
            return;
        }

        await (!await call.Services.Store.WriteAsync(s => s.AgentBuilds.SaveAsync(id, version, hash, url, call.Cancel), call.Cancel)
            ? Errors.WriteAsync(call, 404, $"No agent-build associated with id {id}.")
            : call.AnswerAsync(200, w =>
            {
                w.WriteStartObject("agent");
                w.WriteNumber("agent_id", id);
                w.WriteString("version", version);
                w.WriteString("md5hash", hash);
                w.WriteString("url", url);
                w.WriteEndObject();
            }));
    }

    private static Task DeleteAsync(ApiCall call) => Id(call) is not { } id
        ? Errors.WriteAsync(call, 400, $"Invalid input for field/attribute id: {call.Segment("id")} is not an integer.")
        : DeleteAsync(call, id);

    private static async Task DeleteAsync(ApiCall call, long id) => await (await call.Services.Store.WriteAsync(s => s.AgentBuilds.RemoveAsync(id, call.Cancel), call.Cancel)
        ? call.AnswerAsync(200)
        : Errors.WriteAsync(call, 404, $"No agent-build associated with id {id}."));

    private static long? Id(ApiCall call) => long.TryParse(call.Segment("id"), out var id) ? id : null;

    private static string Word(JsonBody body, string name)
    {
        var text = body.Text(name);
        if (Text.CheckName(name, text) is { } bad)
        {
            body.Note(bad.Message);
        }

        return text;
    }

    private static string Hash(JsonBody body)
    {
        var text = body.Text("md5hash");
        if (text.Length != 32 || !text.All(char.IsAsciiHexDigit))
        {
            body.Note("Invalid input for field/attribute md5hash: it must be 32 hexadecimal digits.");
        }

        return text;
    }

    private static void Write(Utf8JsonWriter w, AgentBuild b)
    {
        w.WriteNumber("agent_id", b.Id);
        w.WriteString("hypervisor", b.Hypervisor);
        w.WriteString("os", b.Os);
        w.WriteString("architecture", b.Architecture);
        w.WriteString("version", b.Version);
        w.WriteString("md5hash", b.Md5Hash);
        w.WriteString("url", b.Url);
    }
}
