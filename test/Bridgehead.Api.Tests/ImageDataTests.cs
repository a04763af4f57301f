using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Xunit;
using static Bridgehead.Api.Tests.Images;

namespace Bridgehead.Api.Tests;

/// <summary>Images' data: whole or not at all, and never in memory.</summary>
public sealed class ImageDataTests(Cloud cloud) : IClassFixture<Cloud>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Uploaded_data_is_described_and_comes_back()
    {
        var id = await cloud.ImageAsync("whole");
        (await cloud.UploadAsync(id, "some content")).Code.Should().Be(204);
        var image = await cloud.ShowImageAsync(id);
        image.GetProperty("status").GetString().Should().Be("active");
        image.GetProperty("size").GetInt32().Should().Be(12);
        image.GetProperty("virtual_size").GetInt32().Should().Be(12);
        image.GetProperty("checksum").GetString().Should().Be(Md5("some content"));
        image.GetProperty("os_hash_algo").GetString().Should().Be("sha512");
        image.GetProperty("os_hash_value").GetString().Should().Be(Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes("some content"))));
        var data = await cloud.RequestAsync("GET", $"{All}/{id}/file", null, null);
        data.Text.Should().Be("some content");
        data.Message.Content.Headers.ContentType!.MediaType.Should().Be("application/octet-stream");
        RefusalTests.Check(await cloud.UploadAsync(id, "other"), 409);
        (await cloud.RequestAsync("GET", $"{All}/{id}/file", null, null)).Text.Should().Be("some content");
    }

    [Theory]
    [InlineData("bytes=0-3", 206, "some", "bytes 0-3/12")]
    [InlineData("bytes=5-", 206, "content", "bytes 5-11/12")]
    [InlineData("bytes=-4", 206, "tent", "bytes 8-11/12")]
    [InlineData("bytes=5-999", 206, "content", "bytes 5-11/12")]
    [InlineData("bytes=12-", 416, null, "bytes */12")]
    [InlineData("bytes=7-5", 416, null, "bytes */12")]
    [InlineData("bytes=-", 416, null, "bytes */12")]
    [InlineData("bytes=0-1,3-4", 416, null, "bytes */12")]
    [InlineData("bytes=99999999999999999999-", 416, null, "bytes */12")]
    public async Task A_part_of_the_data_can_be_had(string range, int code, string? text, string told)
    {
        var id = await cloud.ActiveImageAsync("parts", "some content");
        var part = await cloud.RequestAsync("GET", $"{All}/{id}/file", null, null, range: range);
        part.Code.Should().Be(code);
        part.Message.Content.Headers.GetValues("Content-Range").Should().Equal(told);
        if (text is not null)
        {
            part.Text.Should().Be(text);
        }
    }

    [Fact]
    public async Task Data_that_cannot_be_taken_is_refused()
    {
        RefusalTests.Check(await cloud.RequestAsync("PUT", $"{All}/{await cloud.ImageAsync("typed")}/file", new StringContent("x"), "text/plain"), 415);
        RefusalTests.Check(await cloud.UploadAsync(Guid.NewGuid(), "x"), 404);
        var bare = (await cloud.PostAsync(All, """{"name":"formless"}""")).Json.GetProperty("id").GetGuid();
        RefusalTests.Check(await cloud.UploadAsync(bare, "x"), 400);
        (await cloud.ShowImageAsync(bare)).GetProperty("status").GetString().Should().Be("queued");
        cloud.FilesOf(bare).Should().Be(0);
    }

    [Fact]
    public async Task The_size_of_a_qcow2_disk_is_read_from_its_header()
    {
        var id = await cloud.ImageAsync("qcow2");
        await cloud.PatchAsync(id, """[{"op":"replace","path":"/disk_format","value":"qcow2"}]""");
        var header = new byte[104];
        "QFI"u8.CopyTo(header);
        (header[3], header[7], header[27]) = (0xfb, 3, 1);
        (await cloud.RequestAsync("PUT", $"{All}/{id}/file", new ByteArrayContent(header), "application/octet-stream")).Code.Should().Be(204);
        (await cloud.ShowImageAsync(id)).GetProperty("virtual_size").GetInt64().Should().Be(1L << 32);
    }

    [Fact]
    public async Task A_large_upload_is_not_held_in_memory()
    {
        const long Size = 256L << 20;
        var id = await cloud.ImageAsync("large");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var body = new Zeros(Size);
        (await cloud.RequestAsync("PUT", $"{All}/{id}/file", new StreamContent(body, 64 * 1024), "application/octet-stream")).Code.Should().Be(204);
        (body.MostMemory - before).Should().BeLessThan(Size / 4);
        var image = await cloud.ShowImageAsync(id);
        image.GetProperty("size").GetInt64().Should().Be(Size);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        for (var i = 0; i < 256; i++)
        {
            hash.AppendData(new byte[1 << 20]);
        }

        image.GetProperty("os_hash_value").GetString().Should().Be(Convert.ToHexStringLower(hash.GetHashAndReset()));
        (await cloud.SendAsync("DELETE", $"{All}/{id}", null)).Code.Should().Be(204);
        cloud.FilesOf(id).Should().Be(0);
    }

    [Fact]
    public async Task Of_two_uploads_at_once_one_is_refused()
    {
        var id = await cloud.ImageAsync("twice");
        using var first = await BeginAsync(id, "first", length: 10);
        RefusalTests.Check(await cloud.UploadAsync(id, "second"), 409);
        (await cloud.ShowImageAsync(id)).GetProperty("status").GetString().Should().Be("saving");
        await first.GetStream().WriteAsync("-half"u8.ToArray(), Cancel);
        await UntilAsync(id, "active");
        (await cloud.GetAsync($"{All}/{id}/file")).Text.Should().Be("first-half");
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing_and_can_be_repeated()
    {
        var id = await cloud.ImageAsync("broken");
        using (await BeginAsync(id, "half", length: 1000))
        {
            cloud.FilesOf(id).Should().Be(1);
        }

        await UntilAsync(id, "queued");
        cloud.FilesOf(id).Should().Be(0);
        (await cloud.UploadAsync(id, "whole")).Code.Should().Be(204);
        (await cloud.GetAsync($"{All}/{id}/file")).Text.Should().Be("whole");
    }

    [Fact]
    public async Task An_image_deleted_while_its_data_arrives_leaves_no_file()
    {
        var id = await cloud.ImageAsync("deleted");
        using var upload = await BeginAsync(id, "first", length: 10);
        (await cloud.SendAsync("DELETE", $"{All}/{id}", null)).Code.Should().Be(204);
        await upload.GetStream().WriteAsync("-half"u8.ToArray(), Cancel);
        var answer = new byte[12];
        await upload.GetStream().ReadExactlyAsync(answer, Cancel);
        Encoding.ASCII.GetString(answer).Should().Be("HTTP/1.1 410");
        cloud.FilesOf(id).Should().Be(0);
    }

    [Fact]
    public async Task What_a_killed_process_left_is_cleared_away_and_what_lives_is_not()
    {
        var files = new ImageFiles(cloud.Settings);
        var (dead, living) = (await cloud.ImageAsync("dead"), await cloud.ImageAsync("living"));
        var location = $"{dead:D}.{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(files.PathOf(location), "half", Cancel);
        await cloud.WriteAsync(s => s.ImageUploads.ClaimAsync(dead, location, default));
        await File.WriteAllTextAsync(files.PathOf($"{Guid.NewGuid():D}.{Guid.NewGuid():N}"), "nobody's", Cancel);
        await File.WriteAllTextAsync(Path.Combine(files.Folder, "of-somebody-else"), "stays", Cancel);
        using var upload = await BeginAsync(living, "first", length: 10);

        await new ImageHousekeeping(cloud.Store, cloud.Settings).RunAsync(Cancel);
        (await cloud.ShowImageAsync(dead)).GetProperty("status").GetString().Should().Be("queued");
        cloud.FilesOf(dead).Should().Be(0);
        (await cloud.ShowImageAsync(living)).GetProperty("status").GetString().Should().Be("saving");
        cloud.FilesOf(living).Should().Be(1);
        File.Exists(Path.Combine(files.Folder, "of-somebody-else")).Should().BeTrue();
        var known = (await cloud.Store.ReadAsync(s => s.Images.ListAsync(new ImageFilter { Viewer = new ImageViewer("", true), Visibility = "all", Hidden = null }, default), default)).Select(i => i.Id);
        files.All().Select(f => f.Image).Should().BeSubsetOf(known);
        (await cloud.GetAsync($"{All}/{cloud.Image}/file")).Code.Should().Be(200);
    }

#pragma warning disable CA5351 // glance's checksum is MD5.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    /// <summary>An upload under way: the image is saving, and its first bytes have come.</summary>
    private async Task<TcpClient> BeginAsync(Guid id, string first, int length)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse($"{cloud.Server.Api}"), Cancel);
        var head = $"PUT {All}/{id}/file HTTP/1.1\r\nHost: {cloud.Server.Api}\r\nX-Auth-Token: {cloud.Admin}\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n{first}";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        await UntilAsync(id, "saving");
        return client;
    }

    private async Task UntilAsync(Guid id, string status)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await cloud.ShowImageAsync(id)).GetProperty("status").GetString() != status)
        {
            await Task.Delay(10, patience.Token);
        }
    }

    /// <summary>Generated bytes; notes how much memory the process had at most while they were read.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private long _position;

        public long MostMemory { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - _position);
            Array.Clear(buffer, offset, read);
            if (_position >> 22 != (_position + read) >> 22)
            {
                MostMemory = Math.Max(MostMemory, GC.GetTotalMemory(forceFullCollection: false));
            }

            _position += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>A cloud whose images may be 1000 bytes each, and 1500 bytes a project.</summary>
public sealed class SmallImagesCloud : Cloud
{
    protected override NovaSettings Configure(NovaSettings settings) => settings with { ImageSizeCap = 1000, UserStorageQuota = 1500 };
}

/// <summary>Limits of the image store.</summary>
public sealed class ImageLimitTests(SmallImagesCloud cloud) : IClassFixture<SmallImagesCloud>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_image_larger_than_the_cap_is_refused_and_nothing_is_left(bool lengthKnown)
    {
        var token = await cloud.MemberAsync($"cap-{lengthKnown}");
        var id = await cloud.ImageAsync("large", token: token);
        RefusalTests.Check(await SendAsync(id, 1001, token, lengthKnown), 413);
        (await cloud.ShowImageAsync(id, token)).GetProperty("status").GetString().Should().Be("queued");
        cloud.FilesOf(id).Should().Be(0);
        (await SendAsync(id, 1000, token, lengthKnown)).Code.Should().Be(204);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_projects_images_together_have_a_limit(bool lengthKnown)
    {
        var token = await cloud.MemberAsync($"total-{lengthKnown}");
        (await SendAsync(await cloud.ImageAsync("one", token: token), 900, token, lengthKnown)).Code.Should().Be(204);
        var second = await cloud.ImageAsync("two", token: token);
        var refused = await SendAsync(second, 601, token, lengthKnown);
        RefusalTests.Check(refused, 413);
        refused.Text.Should().Contain("user_storage_quota");
        cloud.FilesOf(second).Should().Be(0);
        (await SendAsync(second, 600, token, lengthKnown)).Code.Should().Be(204);
        var other = await cloud.MemberAsync($"other-{lengthKnown}");
        (await SendAsync(await cloud.ImageAsync("theirs", token: other), 1000, other, lengthKnown)).Code.Should().Be(204);
    }

    private Task<Answer> SendAsync(Guid id, int size, string token, bool lengthKnown)
    {
        var content = new ByteArrayContent(new byte[size]);
        if (!lengthKnown)
        {
            return cloud.RequestAsync("PUT", $"{All}/{id}/file", new StreamContent(new Unsized(new byte[size])), "application/octet-stream", token);
        }

        return cloud.RequestAsync("PUT", $"{All}/{id}/file", content, "application/octet-stream", token);
    }

    /// <summary>Sent in chunks, because nobody can tell its length.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
