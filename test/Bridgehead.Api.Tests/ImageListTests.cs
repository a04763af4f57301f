using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.Images;

namespace Bridgehead.Api.Tests;

/// <summary>Lists of images, as the image service has them and as compute's proxy has them.</summary>
public sealed class ImageListTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task A_list_is_narrowed_by_what_is_asked_for()
    {
        var token = await cloud.MemberAsync("narrow");
        await cloud.ActiveImageAsync("narrow-a", "12345", ""","visibility":"private","tags":["x","y"],"colour":"red","min_ram":5""", token);
        await cloud.ImageAsync("narrow-b", ""","visibility":"private","tags":["x"],"os_hidden":true""", token);
        await cloud.ImageAsync("narrow,c", ""","visibility":"private","protected":true""", token);
        foreach (var (query, names) in new (string, string[])[]
        {
            ("visibility=private&sort=name:asc", ["narrow,c", "narrow-a"]),
            ("visibility=private&os_hidden=true", ["narrow-b"]),
            ("name=narrow-a", ["narrow-a"]),
            ("name=in:narrow-a,%22narrow,c%22&sort=name:desc", ["narrow-a", "narrow,c"]),
            ("status=queued&visibility=private", ["narrow,c"]),
            ("status=in:queued,active&visibility=private&sort_key=name&sort_dir=asc", ["narrow,c", "narrow-a"]),
            ("tag=x&tag=y", ["narrow-a"]),
            ("colour=red", ["narrow-a"]),
            ("colour=blue", []),
            ("size_min=5&size_max=5&visibility=private", ["narrow-a"]),
            ("size_min=6&visibility=private", []),
            ("min_ram=5", ["narrow-a"]),
            ("protected=true", ["narrow,c"]),
            ("owner=nobody", []),
            ("created_at=gt:2020-01-01T00:00:00Z&name=narrow-a", ["narrow-a"]),
            ("created_at=lt:2020-01-01T00:00:00Z&name=narrow-a", []),
        })
        {
            (await cloud.NamesAsync(query, token)).Should().Equal(names, query);
        }
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("marker=x")]
    [InlineData("marker=00000000-0000-0000-0000-000000000001")]
    [InlineData("visibility=secret")]
    [InlineData("member_status=maybe")]
    [InlineData("os_hidden=perhaps")]
    [InlineData("protected=perhaps")]
    [InlineData("size_min=-1")]
    [InlineData("size_max=large")]
    [InlineData("sort=name:up")]
    [InlineData("sort=colour")]
    [InlineData("sort_key=colour")]
    [InlineData("sort_dir=up")]
    [InlineData("sort=name&sort_key=name")]
    [InlineData("sort_key=name&sort_dir=asc&sort_dir=desc")]
    [InlineData("name=in:a,%22b")]
    [InlineData("status=in:")]
    [InlineData("created_at=gt:yesterday")]
    [InlineData("changes-since=2020-01-01")]
    public async Task A_list_that_cannot_be_is_refused(string query) => RefusalTests.Check(await cloud.GetAsync($"{All}?{query}"), 400);

    [Fact]
    public async Task Pages_together_are_the_list()
    {
        var token = await cloud.MemberAsync("pages");
        for (var i = 0; i < 7; i++)
        {
            await cloud.ImageAsync($"page{i}", ""","visibility":"private","kind":"paged" """, token);
        }

        foreach (var order in new[] { "sort=name:asc", "sort=disk_format:asc,name:desc", "sort_key=size" })
        {
            var whole = await cloud.NamesAsync($"kind=paged&{order}", token);
            var (seen, next) = (new List<string>(), (string?)$"/v2/images?kind=paged&limit=3&{order}");
            while (next is not null)
            {
                var page = (await cloud.GetAsync("/image" + next, token)).Json;
                seen.AddRange(page.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("name").GetString()!));
                page.GetProperty("first").GetString().Should().StartWith("/v2/images?kind=paged");
                next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
            }

            seen.Should().Equal(whole).And.HaveCount(7);
        }

        (await cloud.NamesAsync("limit=0", token)).Should().BeEmpty();
    }

    [Fact]
    public async Task Who_sees_an_image_depends_on_its_visibility()
    {
        var (owner, _) = await cloud.ProjectAsync("owner");
        var (other, otherProject) = await cloud.ProjectAsync("other");
        var ids = new Dictionary<string, Guid>();
        foreach (var visibility in new[] { "private", "shared", "community", "public" })
        {
            ids[visibility] = await cloud.ActiveImageAsync($"seen-{visibility}", more: $""","visibility":"{visibility}","kind":"seen" """, token: visibility == "public" ? "admin" : owner);
        }

        (await cloud.NamesAsync("kind=seen&sort=name:asc", owner)).Should().Equal("seen-community", "seen-private", "seen-public", "seen-shared");
        (await cloud.NamesAsync("kind=seen", other)).Should().Equal("seen-public");
        (await cloud.NamesAsync("kind=seen&visibility=community", other)).Should().Equal("seen-community");
        (await cloud.NamesAsync("kind=seen&visibility=all&sort=name:asc", other)).Should().Equal("seen-community", "seen-public");
        (await cloud.GetAsync($"{All}/{ids["private"]}", other)).Code.Should().Be(404);
        (await cloud.GetAsync($"{All}/{ids["shared"]}/file", other)).Code.Should().Be(404);
        (await cloud.GetAsync($"{All}/{ids["community"]}/file", other)).Code.Should().Be(200);
        (await cloud.PatchAsync(ids["private"], "[]", other)).Code.Should().Be(404);
        RefusalTests.Check(await cloud.PatchAsync(ids["public"], """[{"op":"replace","path":"/name","value":"mine"}]""", other), 403);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{All}/{ids["community"]}", null, other), 403);
        RefusalTests.Check(await cloud.UploadAsync(ids["community"], "x", other), 403);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{All}/{ids["public"]}/tags/mine", null, other), 403);
        RefusalTests.Check(await cloud.SendAsync("POST", $"{All}/{ids["public"]}/actions/deactivate", null, other), 403);

        (await cloud.PostAsync($"{All}/{ids["shared"]}/members", $$"""{"member":"{{otherProject}}"}""", owner)).Code.Should().Be(200);
        (await cloud.NamesAsync("kind=seen&visibility=shared", other)).Should().BeEmpty("it was not accepted yet");
        (await cloud.NamesAsync("kind=seen&visibility=shared&member_status=pending", other)).Should().Equal("seen-shared");
        (await cloud.GetAsync($"{All}/{ids["shared"]}/file", other)).Text.Should().Be("content");
    }

    [Fact]
    public async Task Computes_proxy_lists_shows_and_deletes()
    {
        const string Proxy = "/compute/v2.1/images";
        var token = await cloud.MemberAsync("proxy");
        var id = await cloud.ActiveImageAsync("proxied", more: ""","visibility":"private","instance_uuid":"11111111-1111-1111-1111-111111111111","image_type":"snapshot","min_ram":7""", token: token);
        var waiting = await cloud.ImageAsync("waiting", ""","visibility":"private" """, token);
        var image = (await cloud.GetAsync($"{Proxy}/{id}", token)).Json.GetProperty("image");
        image.GetProperty("status").GetString().Should().Be("ACTIVE");
        image.GetProperty("progress").GetInt32().Should().Be(100);
        image.GetProperty("minRam").GetInt32().Should().Be(7);
        image.GetProperty("OS-EXT-IMG-SIZE:size").GetInt32().Should().Be(7);
        image.GetProperty("metadata").GetProperty("image_type").GetString().Should().Be("snapshot");
        image.GetProperty("server").GetProperty("id").GetString().Should().StartWith("11111111");
        image.GetProperty("links").EnumerateArray().Select(l => l.GetProperty("rel").GetString()).Should().Equal("self", "bookmark", "alternate");
        foreach (var (query, names) in new (string, string[])[]
        {
            ("", ["waiting", "proxied", "busybox"]), ("?name=proxied", ["proxied"]), ("?status=SAVING", ["waiting"]), ("?status=ERROR", []), ("?type=snapshot", ["proxied"]),
            ("?server=http://x/servers/11111111-1111-1111-1111-111111111111", ["proxied"]), ("?minRam=1", ["proxied"]), ("?changes-since=2099-01-01T00:00:00Z", []), ($"?marker={waiting}&limit=1", ["proxied"]),
        })
        {
            foreach (var list in new[] { Proxy, $"{Proxy}/detail" })
            {
                (await cloud.GetAsync(list + query, token)).Json.GetProperty("images").EnumerateArray().Select(i => i.GetProperty("name").GetString())
                    .Where(name => name != "seen-public").Should().Equal(names, query);
            }
        }

        var next = (await cloud.GetAsync($"{Proxy}/detail?status=ACTIVE&limit=1", token)).Json.GetProperty("images_links")[0].GetProperty("href").GetString()!;
        (await cloud.GetAsync(new Uri(next).PathAndQuery, token)).Json.GetProperty("images").EnumerateArray().Select(i => i.GetProperty("status").GetString()).Should().OnlyContain(status => status == "ACTIVE");
        next.Should().Contain("status=ACTIVE").And.Contain("/detail?");

        foreach (var wrong in new[] { "limit=x", "limit=-1", "marker=x", "changes-since=x", $"marker={Guid.NewGuid()}", "minDisk=x" })
        {
            RefusalTests.Check(await cloud.GetAsync($"{Proxy}?{wrong}", token), 400);
        }

        (await cloud.GetAsync($"{Proxy}/detail?limit=1", token)).Json.GetProperty("images_links")[0].GetProperty("href").GetString().Should().Contain($"marker={waiting}");
        (await cloud.GetAsync($"{Proxy}/{id}/metadata", token)).Json.GetProperty("metadata").GetProperty("image_type").GetString().Should().Be("snapshot");
        (await cloud.GetAsync($"{Proxy}/{id}/metadata/image_type", token)).Json.GetProperty("meta").GetProperty("image_type").GetString().Should().Be("snapshot");
        RefusalTests.Check(await cloud.GetAsync($"{Proxy}/{id}/metadata/none", token), 404);
        RefusalTests.Check(await cloud.GetAsync($"{Proxy}/{Guid.NewGuid()}", token), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Proxy}/{cloud.Image}", null, token), 403);
        RefusalTests.Check(await cloud.GetAsync(Proxy, token, "2.36"), 404);
        (await cloud.SendAsync("DELETE", $"{Proxy}/{id}", null, token)).Code.Should().Be(204);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{Proxy}/{id}", null, token), 404);
    }

    [Fact]
    public async Task Computes_proxy_sets_properties()
    {
        var token = await cloud.MemberAsync("proxied setter");
        var id = await cloud.ActiveImageAsync("set", more: ""","visibility":"private","a":"1","b":"2" """, token: token);
        var path = $"/compute/v2.1/images/{id}/metadata";
        (await cloud.PostAsync(path, """{"metadata":{"b":"3","c":"4"}}""", token)).Text.Should().Be("""{"metadata":{"a":"1","b":"3","c":"4"}}""");
        (await cloud.SendAsync("PUT", path, """{"metadata":{"d":"5"}}""", token)).Text.Should().Be("""{"metadata":{"d":"5"}}""");
        (await cloud.SendAsync("PUT", $"{path}/e", """{"meta":{"e":"6"}}""", token)).Text.Should().Be("""{"meta":{"e":"6"}}""");
        (await cloud.SendAsync("DELETE", $"{path}/d", null, token)).Code.Should().Be(204);
        (await cloud.GetAsync(path, token, "2.38")).Text.Should().Be("""{"metadata":{"e":"6"}}""");
        (await cloud.ShowImageAsync(id, token)).GetProperty("name").GetString().Should().Be("set");

        var before = (await cloud.ShowImageAsync(id, token)).GetRawText();
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{path}/d", null, token), 404);
        RefusalTests.Check(await cloud.SendAsync("DELETE", $"{path}/name", null, token), 404);
        RefusalTests.Check(await cloud.SendAsync("PUT", $"{path}/e", """{"meta":{"f":"6"}}""", token), 400);
        RefusalTests.Check(await cloud.PostAsync(path, """{"metadata":{"status":"deleted"}}""", token), 400);
        RefusalTests.Check(await cloud.PostAsync(path, """{"metadata":{"visibility":"public"}}""", token), 400);
        RefusalTests.Check(await cloud.PostAsync(path, """{"metadata":{"":"x"}}""", token), 400);
        RefusalTests.Check(await cloud.PostAsync(path, """{"metadata":{"x":5}}""", token), 400);
        RefusalTests.Check(await cloud.PostAsync(path, """{"meta":{}}""", token), 400);
        RefusalTests.Check(await cloud.PostAsync(path, $$$"""{"metadata":{{{{string.Join(',', Enumerable.Range(0, 129).Select(i => $"\"k{i}\":\"v\""))}}}}}""", token), 413);
        RefusalTests.Check(await cloud.PostAsync(path, """{"metadata":{"x":"y"}}""", await cloud.MemberAsync("proxied stranger")), 404);
        RefusalTests.Check(await cloud.PostAsync($"/compute/v2.1/images/{cloud.Image}/metadata", """{"metadata":{"x":"y"}}""", token), 403);
        RefusalTests.Check(await cloud.GetAsync(path, token, "2.39"), 404);
        (await cloud.ShowImageAsync(id, token)).GetRawText().Should().Be(before);
    }
}
