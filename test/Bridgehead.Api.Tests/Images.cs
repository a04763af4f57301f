using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Bridgehead.Store;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>What clients of the image service send.</summary>
internal static class Images
{
    public const string All = "/image/v2/images";
    public const string PatchType = "application/openstack-images-v2.1-json-patch";

    /// <summary>The id of a new image, with more attributes after a comma.</summary>
    public static async Task<Guid> ImageAsync(this Cloud cloud, string name, string more = "", string token = "admin")
    {
        var made = await cloud.PostAsync(All, $$"""{"name":"{{name}}","container_format":"bare","disk_format":"raw"{{more}}}""", token);
        Assert.True(made.Code == 201, made.Text);
        return made.Json.GetProperty("id").GetGuid();
    }

    /// <summary>The id of a new image that has this content.</summary>
    public static async Task<Guid> ActiveImageAsync(this Cloud cloud, string name, string content = "content", string more = "", string token = "admin")
    {
        var id = await cloud.ImageAsync(name, more, token);
        var uploaded = await cloud.UploadAsync(id, content, token);
        Assert.True(uploaded.Code == 204, uploaded.Text);
        return id;
    }

    public static async Task<JsonElement> ShowImageAsync(this Cloud cloud, Guid id, string token = "admin")
    {
        var shown = await cloud.GetAsync($"{All}/{id}", token);
        Assert.True(shown.Code == 200, shown.Text);
        return shown.Json;
    }

    public static Task<Answer> UploadAsync(this Cloud cloud, Guid id, string content, string token = "admin") =>
        cloud.RequestAsync("PUT", $"{All}/{id}/file", new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "application/octet-stream", token);

    public static Task<Answer> PatchAsync(this Cloud cloud, Guid id, string patch, string token = "admin", string type = PatchType) =>
        cloud.RequestAsync("PATCH", $"{All}/{id}", new StringContent(patch), type, token);

    public static async Task<Answer> RequestAsync(this Cloud cloud, string method, string path, HttpContent? content, string? type, string token = "admin", string? range = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        request.Headers.Add("X-Auth-Token", token == "admin" ? cloud.Admin : token);
        if (content is not null)
        {
            content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        }

        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        var message = await cloud.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(message.StatusCode, await message.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), message);
    }

    /// <summary>Names in a list of images.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(this Cloud cloud, string query, string token = "admin")
    {
        var list = await cloud.GetAsync($"{All}?{query}", token);
        Assert.True(list.Code == 200, list.Text);
        return [.. list.Json.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("name").GetString()!)];
    }

    /// <summary>Files in the image store that are of this image.</summary>
    public static int FilesOf(this Cloud cloud, Guid id) => new ImageFiles(cloud.Settings).All().Count(file => file.Image == id);

    /// <summary>A token of a new project's member, and the project's id.</summary>
    public static async Task<(string Token, string Project)> ProjectAsync(this Cloud cloud, string name)
    {
        var token = await cloud.MemberAsync(name);
        var project = (await cloud.Store.ReadAsync(s => s.Identities.ProjectsAsync(new ProjectFilter(name), Page.All, default), default)).Single().Id;
        return (token, project);
    }
}
