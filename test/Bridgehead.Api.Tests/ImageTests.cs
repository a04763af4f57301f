using AwesomeAssertions;
using Xunit;
using static Bridgehead.Api.Tests.Images;

namespace Bridgehead.Api.Tests;

/// <summary>Images from creation to deletion, with each refusal that Image API v2 names.</summary>
public sealed class ImageTests(Cloud cloud) : IClassFixture<Cloud>
{
    [Fact]
    public async Task The_versions_are_told_to_anyone()
    {
        foreach (var (path, code) in new[] { ("/image", 300), ("/image/", 300), ("/image/versions", 200), ("/image/v2/", 200) })
        {
            var versions = await cloud.GetAsync(path, token: null);
            versions.Code.Should().Be(code);
            var list = versions.Json.GetProperty("versions").EnumerateArray().ToList();
            list[0].GetProperty("id").GetString().Should().Be("v2.9");
            list[0].GetProperty("status").GetString().Should().Be("CURRENT");
            list[0].GetProperty("links")[0].GetProperty("href").GetString().Should().Be($"{cloud.Client.BaseAddress}image/v2/");
            list[^1].GetProperty("id").GetString().Should().Be("v2.0");
        }
    }

    [Fact]
    public async Task A_new_image_has_what_it_was_given_and_waits_for_its_data()
    {
        var id = Guid.NewGuid();
        var made = await cloud.PostAsync(All, $$"""
            {"id":"{{id}}","name":"new","visibility":"private","protected":false,"os_hidden":true,"container_format":"bare","disk_format":"qcow2","min_disk":2,"min_ram":64,
             "tags":["a","b","a"],"owner_specified.openstack.md5":"","hw":"x"}
            """);
        made.Code.Should().Be(201);
        made.Header("Location").Should().Be($"{cloud.Client.BaseAddress}image/v2/images/{id}");
        foreach (var image in new[] { made.Json, await cloud.ShowImageAsync(id) })
        {
            image.GetProperty("status").GetString().Should().Be("queued");
            image.GetProperty("size").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
            image.GetProperty("os_hidden").GetBoolean().Should().BeTrue();
            image.GetProperty("min_disk").GetInt32().Should().Be(2);
            image.GetProperty("tags").EnumerateArray().Select(t => t.GetString()).Should().Equal("a", "b");
            image.GetProperty("hw").GetString().Should().Be("x");
            image.GetProperty("owner_specified.openstack.md5").GetString().Should().BeEmpty();
            image.GetProperty("self").GetString().Should().Be($"/v2/images/{id}");
            image.GetProperty("file").GetString().Should().Be($"/v2/images/{id}/file");
        }

        (await cloud.PostAsync(All, $$"""{"id":"{{id}}"}""")).Code.Should().Be(409);
        (await cloud.GetAsync($"{All}/{id}/file")).Code.Should().Be(204, "it has no data");
        (await cloud.GetAsync($"{All}/new")).Code.Should().Be(404, "a name is no id");
    }

    [Fact]
    public async Task A_version_of_another_service_means_nothing_to_images() =>
        (await cloud.GetAsync($"{All}/{cloud.Image}", version: "2.9999")).Code.Should().Be(200);

    [Theory]
    [InlineData("""{"container_format":"box"}""", 400)]
    [InlineData("""{"disk_format":"floppy"}""", 400)]
    [InlineData("""{"visibility":"secret"}""", 400)]
    [InlineData("""{"name":5}""", 400)]
    [InlineData("""{"min_disk":-1}""", 400)]
    [InlineData("""{"min_ram":"64"}""", 400)]
    [InlineData("""{"min_disk":99999999999}""", 400)]
    [InlineData("""{"protected":"yes"}""", 400)]
    [InlineData("""{"tags":"a"}""", 400)]
    [InlineData("""{"tags":[5]}""", 400)]
    [InlineData("""{"id":"1"}""", 400)]
    [InlineData("""{"property":5}""", 400)]
    [InlineData("""{"property":{"a":1}}""", 400)]
    [InlineData("""{"property":"\u0000"}""", 400)]
    [InlineData("""["name"]""", 400)]
    [InlineData("{", 400)]
    [InlineData("""{"status":"active"}""", 403)]
    [InlineData("""{"size":5}""", 403)]
    [InlineData("""{"checksum":"a"}""", 403)]
    [InlineData("""{"self":"/"}""", 403)]
    [InlineData("""{"locations":[]}""", 403)]
    [InlineData("""{"deleted":true}""", 403)]
    [InlineData("""{"visibility":"public"}""", 403)]
    [InlineData("""{"owner":"somebody"}""", 403)]
    public async Task An_image_that_cannot_be_is_refused(string body, int code)
    {
        var member = await cloud.MemberAsync($"refused-{Guid.NewGuid():N}");
        var refused = await cloud.PostAsync(All, body, member);
        RefusalTests.Check(refused, code);
        (await cloud.NamesAsync("visibility=shared", member)).Should().BeEmpty("nothing was made");
    }

    [Fact]
    public async Task An_image_has_at_most_128_properties_and_tags()
    {
        string Properties(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"p{i}\":\"v\""));
        (await cloud.PostAsync(All, $$"""{{{Properties(128)}}}""")).Code.Should().Be(201);
        (await cloud.PostAsync(All, $$"""{{{Properties(129)}}}""")).Code.Should().Be(413);
        var tags = string.Join(',', Enumerable.Range(0, 129).Select(i => $"\"t{i}\""));
        (await cloud.PostAsync(All, $$"""{"tags":[{{tags}}]}""")).Code.Should().Be(413);
    }

    [Fact]
    public async Task A_patch_adds_replaces_and_removes()
    {
        var id = await cloud.ImageAsync("patched", ""","old":"1","gone":"2" """);
        var changed = await cloud.PatchAsync(id, """
            [{"op":"replace","path":"/name","value":"renamed"},{"op":"replace","path":"/old","value":"3"},{"op":"add","path":"/a~1b","value":"4"},{"op":"remove","path":"/gone"},
             {"op":"add","path":"/tags","value":["x"]},{"op":"replace","path":"/visibility","value":"public"},{"op":"replace","path":"/disk_format","value":"qcow2"}]
            """);
        changed.Code.Should().Be(200);
        var image = await cloud.ShowImageAsync(id);
        image.GetProperty("name").GetString().Should().Be("renamed");
        image.GetProperty("old").GetString().Should().Be("3");
        image.GetProperty("a/b").GetString().Should().Be("4");
        image.TryGetProperty("gone", out _).Should().BeFalse();
        image.GetProperty("tags")[0].GetString().Should().Be("x");
        image.GetProperty("visibility").GetString().Should().Be("public");
        image.GetProperty("disk_format").GetString().Should().Be("qcow2");

        (await cloud.PatchAsync(id, """[{"replace":"/name","value":"older"}]""", type: "application/openstack-images-v2.0-json-patch")).Code.Should().Be(200);
        (await cloud.ShowImageAsync(id)).GetProperty("name").GetString().Should().Be("older");
    }

    [Theory]
    [InlineData("""{"op":"replace","path":"/name","value":"x"}""", 400)]
    [InlineData("""["x"]""", 400)]
    [InlineData("""[{"op":"move","path":"/name","value":"x"}]""", 400)]
    [InlineData("""[{"op":"replace","value":"x"}]""", 400)]
    [InlineData("""[{"op":"replace","path":"/name"}]""", 400)]
    [InlineData("""[{"op":"replace","path":"name","value":"x"}]""", 400)]
    [InlineData("""[{"op":"replace","path":"/a~2","value":"x"}]""", 400)]
    [InlineData("""[{"op":"replace","path":"/tags/0","value":"x"}]""", 400)]
    [InlineData("""[{"op":"replace","path":"/min_ram","value":"x"}]""", 400)]
    [InlineData("""[{"op":"replace","path":"/visibility","value":null}]""", 400)]
    [InlineData("""[{"op":"replace","path":"/nothing","value":"x"}]""", 409)]
    [InlineData("""[{"op":"remove","path":"/nothing"}]""", 409)]
    [InlineData("""[{"op":"remove","path":"/name"}]""", 403)]
    [InlineData("""[{"op":"replace","path":"/id","value":"x"}]""", 403)]
    [InlineData("""[{"op":"replace","path":"/status","value":"active"}]""", 403)]
    [InlineData("""[{"op":"add","path":"/locations/-","value":"x"}]""", 403)]
    [InlineData("""[{"op":"replace","path":"/disk_format","value":"iso"}]""", 403)]
    [InlineData("""[{"op":"replace","path":"/visibility","value":"public"}]""", 403)]
    [InlineData("""[{"op":"replace","path":"/owner","value":"x"}]""", 403)]
    public async Task A_patch_that_cannot_be_changes_nothing(string patch, int code)
    {
        var member = await cloud.MemberAsync($"patcher-{Guid.NewGuid():N}");
        var id = await cloud.ActiveImageAsync("steady", token: member);
        var before = (await cloud.ShowImageAsync(id, member)).ToString();
        var first = """[{"op":"replace","path":"/name","value":"changed"},""";
        RefusalTests.Check(await cloud.PatchAsync(id, patch.StartsWith('[') ? first + patch[1..] : patch, member), code);
        (await cloud.ShowImageAsync(id, member)).ToString().Should().Be(before);
    }

    [Fact]
    public async Task A_patch_of_another_media_type_is_refused()
    {
        var id = await cloud.ImageAsync("typed");
        (await cloud.PatchAsync(id, "[]", type: "application/json")).Code.Should().Be(415);
        (await cloud.PatchAsync(Guid.NewGuid(), "[]")).Code.Should().Be(404);
    }

    [Fact]
    public async Task Tags_come_and_go()
    {
        var id = await cloud.ImageAsync("tagged");
        (await cloud.SendAsync("PUT", $"{All}/{id}/tags/one", null)).Code.Should().Be(204);
        (await cloud.SendAsync("PUT", $"{All}/{id}/tags/one", null)).Code.Should().Be(204);
        (await cloud.ShowImageAsync(id)).GetProperty("tags").GetArrayLength().Should().Be(1);
        (await cloud.SendAsync("DELETE", $"{All}/{id}/tags/one", null)).Code.Should().Be(204);
        (await cloud.SendAsync("DELETE", $"{All}/{id}/tags/one", null)).Code.Should().Be(404);
        (await cloud.SendAsync("PUT", $"{All}/{id}/tags/{new string('t', 256)}", null)).Code.Should().Be(400);
        (await cloud.SendAsync("PUT", $"{All}/{Guid.NewGuid()}/tags/one", null)).Code.Should().Be(404);
    }

    [Fact]
    public async Task A_deleted_image_is_gone_with_its_file_and_a_protected_one_stays()
    {
        var id = await cloud.ActiveImageAsync("protected", more: ""","protected":true""");
        cloud.FilesOf(id).Should().Be(1);
        (await cloud.SendAsync("DELETE", $"{All}/{id}", null)).Code.Should().Be(403);
        (await cloud.PatchAsync(id, """[{"op":"replace","path":"/protected","value":false}]""")).Code.Should().Be(200);
        (await cloud.SendAsync("DELETE", $"{All}/{id}", null)).Code.Should().Be(204);
        cloud.FilesOf(id).Should().Be(0);
        (await cloud.GetAsync($"{All}/{id}")).Code.Should().Be(404);
        (await cloud.SendAsync("DELETE", $"{All}/{id}", null)).Code.Should().Be(404);
        (await cloud.SendAsync("DELETE", $"{All}/", null)).Code.Should().Be(404);
        (await cloud.PostAsync(All, $$"""{"id":"{{id}}"}""")).Code.Should().Be(201, "the id is free again");
    }

    [Fact]
    public async Task A_deactivated_image_keeps_its_data_from_all_but_administrators()
    {
        var member = await cloud.MemberAsync("deactivator");
        var id = await cloud.ActiveImageAsync("deactivated", token: member);
        (await cloud.SendAsync("POST", $"{All}/{id}/actions/deactivate", null, member)).Code.Should().Be(204);
        (await cloud.SendAsync("POST", $"{All}/{id}/actions/deactivate", null, member)).Code.Should().Be(204);
        (await cloud.ShowImageAsync(id, member)).GetProperty("status").GetString().Should().Be("deactivated");
        RefusalTests.Check(await cloud.GetAsync($"{All}/{id}/file", member), 403);
        (await cloud.GetAsync($"{All}/{id}/file")).Text.Should().Be("content");
        var boot = await cloud.PostAsync("/compute/v2.1/servers", $$$"""{"server":{"name":"a","imageRef":"{{{id}}}","flavorRef":"1"}}""", member);
        RefusalTests.Check(boot, 400);
        boot.Text.Should().Contain("not active");
        (await cloud.SendAsync("POST", $"{All}/{id}/actions/reactivate", null, member)).Code.Should().Be(204);
        (await cloud.GetAsync($"{All}/{id}/file", member)).Text.Should().Be("content");
        RefusalTests.Check(await cloud.SendAsync("POST", $"{All}/{await cloud.ImageAsync("waiting")}/actions/deactivate", null), 403);
    }

    [Fact]
    public async Task What_a_flavor_is_too_small_for_does_not_boot()
    {
        foreach (var more in new[] { ""","min_ram":513""", ""","min_disk":2""" })
        {
            var id = await cloud.ActiveImageAsync("large", more: more);
            var boot = await cloud.PostAsync("/compute/v2.1/servers", $$$"""{"server":{"name":"a","imageRef":"{{{id}}}","flavorRef":"1"}}""");
            RefusalTests.Check(boot, 400);
            boot.Text.Should().Contain("too small");
        }

        var queued = await cloud.ImageAsync("queued");
        RefusalTests.Check(await cloud.PostAsync("/compute/v2.1/servers", $$$"""{"server":{"name":"a","imageRef":"{{{queued}}}","flavorRef":"1"}}"""), 400);
    }

    [Theory]
    [InlineData("image", "properties")]
    [InlineData("images", "properties")]
    [InlineData("member", "properties")]
    [InlineData("members", "properties")]
    public async Task Schemas_have_a_name_and_properties(string name, string properties)
    {
        var schema = (await cloud.GetAsync($"/image/v2/schemas/{name}")).Json;
        schema.GetProperty("name").GetString().Should().Be(name);
        schema.GetProperty(properties).EnumerateObject().Should().NotBeEmpty();
    }

    [Fact]
    public async Task The_schema_names_every_attribute_that_an_image_shows()
    {
        var schema = (await cloud.GetAsync("/image/v2/schemas/image")).Json.GetProperty("properties");
        var image = await cloud.ShowImageAsync(Guid.Parse(cloud.Image));
        image.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo(schema.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Import_and_stores_are_answered_honestly()
    {
        (await cloud.GetAsync("/image/v2/info/import")).Json.GetProperty("import-methods").GetProperty("value").GetArrayLength().Should().Be(0);
        (await cloud.GetAsync("/image/v2/info/stores")).Code.Should().Be(404);
    }

    [Fact]
    public async Task The_image_that_comes_with_the_program_has_data_of_its_size_and_checksum()
    {
        var image = await cloud.ShowImageAsync(Guid.Parse(cloud.Image));
        var data = await cloud.Client.SendAsync(Request($"{All}/{cloud.Image}/file"), TestContext.Current.CancellationToken);
        var bytes = await data.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        bytes.Length.Should().Be(image.GetProperty("size").GetInt32()).And.BeGreaterThan(0);
        image.GetProperty("checksum").GetString().Should().Be(Md5(bytes));
        Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(bytes)).Should().Be(image.GetProperty("os_hash_value").GetString());
    }

#pragma warning disable CA5351 // glance's checksum is MD5.
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes));
#pragma warning restore CA5351

    private HttpRequestMessage Request(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Auth-Token", cloud.Admin);
        return request;
    }
}
