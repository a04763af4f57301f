using System.Globalization;
using Bridgehead.Model;
using Microsoft.AspNetCore.Http.Features;

namespace Bridgehead.Api;

/// <summary>An image's data, in and out. Of neither is more held in memory than a piece, and neither is bound to the time that other requests have.</summary>
internal static class ImageDataApi
{
    private const string OctetStream = "application/octet-stream";

    public static void Map(Routes routes) => routes
        .Map("PUT", "/image/v2/images/{id}/file", Access.User, UploadAsync).Doc("Uploads an image's data, of media type application/octet-stream; then the image is active.", 204)
        .Map("GET", "/image/v2/images/{id}/file", Access.User, DownloadAsync).Doc("Downloads an image's data, or with a Range header a part of it.");

    private static Task UploadAsync(ApiCall call) => ImageApi.WithIdAsync(call, async id =>
    {
        if (call.Http.Request.ContentType?.Split(';')[0].Trim() != OctetStream)
        {
            await Errors.WriteAsync(call, 415, $"Unsupported Content-Type: use {OctetStream}.");
            return;
        }

        call.TakeTime();
        call.Http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        await call.DoneAsync(await call.Services.ImageData.UploadAsync(call.Caller, id, call.Http.Request.ContentLength, call.Http.Request.Body, call.Cancel), 204);
    });

    private static Task DownloadAsync(ApiCall call) => ImageApi.WithIdAsync(call, async id =>
    {
        if (!(await call.Services.ImageData.OpenAsync(call.Caller, id, call.Cancel)).Succeeded(out var found, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        await using var content = found.Content;
        if (content is null)
        {
            await call.AnswerAsync(204);
            return;
        }

        call.TakeTime();
        await SendAsync(call, found.Image, content);
    });

    private static async Task SendAsync(ApiCall call, Image image, FileStream content)
    {
        var (first, count) = (0L, content.Length);
        var response = call.Http.Response;
        if (call.Http.Request.Headers.Range.ToString() is { Length: > 0 } asked)
        {
            if (!TryRange(asked, content.Length, out first, out count))
            {
                response.Headers.ContentRange = $"bytes */{content.Length}";
                await Errors.WriteAsync(call, 416, $"The range '{asked}' is not in the image's {content.Length} bytes.");
                return;
            }

            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {first}-{first + count - 1}/{content.Length}";
        }
        else if (image.Checksum is { } checksum)
        {
            response.Headers.ContentMD5 = checksum;
        }

        response.ContentType = OctetStream;
        response.ContentLength = count;
        content.Position = first;
        var buffer = new byte[128 * 1024];
        while (count > 0)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), call.Cancel);
            if (read == 0)
            {
                throw new EndOfStreamException($"the file of image {image.Id} is shorter than it was");
            }

            await response.Body.WriteAsync(buffer.AsMemory(0, read), call.Cancel);
            count -= read;
        }
    }

    /// <summary>One range of bytes, as <c>bytes=0-499</c>, <c>bytes=500-</c> or <c>bytes=-500</c>.</summary>
    private static bool TryRange(string text, long length, out long first, out long count)
    {
        (first, count) = (0, 0);
        var parts = text.StartsWith("bytes=", StringComparison.Ordinal) ? text["bytes=".Length..].Split('-') : [];
        if (parts.Length != 2 || !TryNumber(parts[0], out var from) || !TryNumber(parts[1], out var to) || (from is null && to is null))
        {
            return false;
        }

        first = from ?? Math.Max(0, length - to!.Value);
        var last = from is null || to is null ? length - 1 : Math.Min(to.Value, length - 1);
        count = last - first + 1;
        return count > 0;
    }

    private static bool TryNumber(string text, out long? number)
    {
        number = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        return number is not null || text.Length == 0;
    }
}
