using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Instances;
using Xunit;

namespace Bridgehead.Kernel.Tests.Instances;

/// <summary>What images mean for the container driver: a stranger's root file system, laid over the base, and a copy of a disk that boots again.</summary>
public sealed class NetnsImageTests : IAsyncLifetime
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly string _state = Directory.CreateTempSubdirectory("bridgehead-netns-").FullName;
    private readonly NetnsDriver _driver;
    private readonly List<Guid> _made = [];

    public NetnsImageTests() => _driver = new NetnsDriver(new CommandRunner(), _state, TimeProvider.System);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var uuid in _made)
        {
            await _driver.DestroyAsync(uuid, Never);
        }

        Directory.Delete(_state, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_instance_has_its_images_files_over_the_bases(bool compressed)
    {
        var image = Image(compressed, tar =>
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./"));
            tar.WriteEntry(File("opt/app/deep/data", "of the image"));
            tar.WriteEntry(File("bin/hello", "#!/bin/sh\necho hello from the image\n", 0b111_101_101));
            tar.WriteEntry(File("etc/motd", "welcome"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "opt/link") { LinkName = "/opt/app/deep/data" });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "opt/hard") { LinkName = "opt/app/deep/data" });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.CharacterDevice, "opt/device") { DeviceMajor = 1, DeviceMinor = 3 });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Fifo, "opt/pipe"));
            tar.WriteEntry(File("/srv/absolute", "inside"));
        });
        var uuid = await BootAsync(new RootImage(image, 1 << 20));
        Inside(uuid, "cat /opt/link /opt/hard /etc/motd /srv/absolute").Should().Be("of the imageof the imagewelcomeinside");
        Inside(uuid, "/bin/hello").Trim().Should().Be("hello from the image");
        Inside(uuid, "ls -l /root >/dev/null && /bin/cat /etc/hostname").Trim().Should().Be("guest", "what the image does not bring is the base's");
        Run(uuid, "ls /opt/device /opt/pipe").ExitCode.Should().NotBe(0);
    }

    [Fact]
    public async Task A_copy_of_a_disk_boots_with_what_was_written_and_shows_nothing_of_the_host()
    {
        var first = await BootAsync(null);
        Inside(first, "echo kept >/root/note; echo more >/opt/note; mkdir /opt/full; echo x >/opt/full/file; ln -s /etc/shadow /root/shadow; ln -s / /root/all; mkfifo /root/pipe");
        var copy = Path.Combine(_state, "copy");
        await System.IO.File.WriteAllTextAsync(copy, "", Never);
        (await _driver.ExportAsync(first, copy, 64 << 20, Never)).Should().BeTrue();
        var second = await BootAsync(new RootImage(copy, 1 << 20));
        Inside(second, "cat /root/note /opt/note /opt/full/file").Should().Be("kept\nmore\nx\n");
        Inside(second, "readlink /root/shadow").Trim().Should().Be("/etc/shadow");
        World.Run($"tar -tf {copy}").Should().NotContain("debian_version").And.NotContain("proc/1/");

        await _driver.StopAsync(first, Never);
        await System.IO.File.WriteAllTextAsync(copy, "", Never);
        (await _driver.ExportAsync(first, copy, 64 << 20, Never)).Should().BeTrue();
        World.Run($"tar -xOf {copy} ./root/note").Should().Be("kept\n");
        World.Run("grep -c bridgehead-netns /proc/mounts || true").Trim().Should().Be("0");
    }

    [Fact]
    public async Task A_copy_larger_than_it_may_be_fails()
    {
        var uuid = await BootAsync(null);
        Inside(uuid, "dd if=/dev/zero of=/root/large bs=1M count=3 2>/dev/null");
        var copy = Path.Combine(_state, "copy");
        await System.IO.File.WriteAllTextAsync(copy, "", Never);
        await FluentActions.Awaiting(() => _driver.ExportAsync(uuid, copy, 1 << 20, Never)).Should().ThrowAsync<CommandFailedException>();
        new FileInfo(copy).Length.Should().BeLessThanOrEqualTo(1 << 20);
    }

    [Theory]
    [InlineData("climbs", "climbs out")]
    [InlineData("link", "through a link")]
    [InlineData("file", "through a link or a file")]
    [InlineData("hardlink", "hard link")]
    [InlineData("hardlink-through-link", "hard link")]
    [InlineData("folder-is-link", "through a link")]
    [InlineData("twice", "twice")]
    [InlineData("large", "larger than the flavor's disk")]
    [InlineData("no-archive", "no")]
    [InlineData("cut", "cannot be unpacked")]
    [InlineData("header", "header of 1932735283 bytes")]
    public async Task An_archive_that_leads_out_or_is_none_does_not_boot_and_writes_nothing_elsewhere(string kind, string reason)
    {
        var secret = Path.Combine(_state, "secret");
        await System.IO.File.WriteAllTextAsync(secret, "secret", Never);
        var image = Image(compressed: false, tar => Hostile(tar, kind, secret));
        if (kind == "no-archive")
        {
            await System.IO.File.WriteAllBytesAsync(image, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("this is no archive at all\n", 100))), Never);
        }
        else if (kind == "cut")
        {
            await using var file = new FileStream(image, FileMode.Open);
            file.SetLength(600);
        }

        else if (kind == "header")
        {
            await System.IO.File.WriteAllBytesAsync(image, HugeHeader(), Never);
        }

        var spec = Spec(new RootImage(image, 1000));
        var refused = await FluentActions.Awaiting(() => _driver.PreparePortAsync(spec, Never)).Should().ThrowAsync<UnbootableImageException>();
        refused.Which.Message.Should().Contain(reason);
        (await System.IO.File.ReadAllTextAsync(secret, Never)).Should().Be("secret");
        System.IO.File.Exists(Path.Combine(_state, "escaped")).Should().BeFalse();
        Directory.Exists(Path.Combine(_state, "instances", $"{spec.Uuid:D}", "disk")).Should().BeFalse("a disk is whole or not there");
        Directory.Exists(Path.Combine(_state, "instances", $"{spec.Uuid:D}", "disk.new")).Should().BeFalse("nothing is kept of an image that is not taken");
    }

    /// <summary>A pax header that says that it is 1.8 GiB long.</summary>
    private static byte[] HugeHeader()
    {
        var block = new byte[1024];
        Encoding.ASCII.GetBytes("pax").CopyTo(block, 0);
        Encoding.ASCII.GetBytes("0000644\0").CopyTo(block, 100);
        Encoding.ASCII.GetBytes("0000000\0" + "0000000\0").CopyTo(block, 108);
        Encoding.ASCII.GetBytes($"{Convert.ToString(1932735283, 8).PadLeft(11, '0')}\0").CopyTo(block, 124);
        Encoding.ASCII.GetBytes("00000000000\0").CopyTo(block, 136);
        Encoding.ASCII.GetBytes("        x").CopyTo(block, 148);
        Encoding.ASCII.GetBytes("ustar\0" + "00").CopyTo(block, 257);
        Encoding.ASCII.GetBytes($"{Convert.ToString(block[..512].Sum(b => b), 8).PadLeft(6, '0')}\0 ").CopyTo(block, 148);
        return block;
    }

    [Fact]
    public async Task An_instance_whose_images_data_is_not_there_says_so()
    {
        var refused = await FluentActions.Awaiting(() => _driver.PreparePortAsync(Spec(new RootImage("", 1, "It is not there.")), Never)).Should().ThrowAsync<UnbootableImageException>();
        refused.Which.Message.Should().Be("It is not there.");
    }

    private static void Hostile(TarWriter tar, string kind, string secret)
    {
        switch (kind)
        {
            case "climbs":
                tar.WriteEntry(File("a/../../../escaped", "x"));
                break;
            case "link":
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = Path.GetDirectoryName(secret)! });
                tar.WriteEntry(File("out/escaped", "x"));
                break;
            case "file":
                tar.WriteEntry(File("a", "x"));
                tar.WriteEntry(File("a/b", "x"));
                break;
            case "hardlink":
                tar.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "stolen") { LinkName = secret });
                break;
            case "hardlink-through-link":
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = secret });
                tar.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "stolen") { LinkName = "link" });
                break;
            case "folder-is-link":
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = Path.GetDirectoryName(secret)! });
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "out") { Mode = UnixFileMode.None });
                break;
            case "twice":
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "a"));
                tar.WriteEntry(File("a", "x"));
                break;
            default:
                tar.WriteEntry(File("a", new string('x', 600)));
                tar.WriteEntry(File("b", new string('x', 600)));
                break;
        }
    }

    private static PaxTarEntry File(string name, string content, int mode = 0b110_100_100) =>
        new(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private string Image(bool compressed, Action<TarWriter> write)
    {
        var path = Path.Combine(_state, $"image-{Guid.NewGuid():N}");
        using var file = System.IO.File.Create(path);
        using var packed = compressed ? new GZipStream(file, CompressionLevel.Fastest) : (Stream)file;
        using var tar = new TarWriter(packed);
        write(tar);
        return path;
    }

    private InstanceSpec Spec(RootImage? root)
    {
        var uuid = Guid.NewGuid();
        _made.Add(uuid);
        return new InstanceSpec(uuid, 1, "guest", Guid.NewGuid(), 64, 1, [], root);
    }

    private async Task<Guid> BootAsync(RootImage? root)
    {
        var spec = Spec(root);
        await _driver.PreparePortAsync(spec, Never);
        await _driver.StartAsync(spec, Never);
        await World.UntilAsync(async () => (await _driver.ReadConsoleAsync(spec.Uuid, 65536, Never)).Contains("booting guest", StringComparison.Ordinal)
            ? null
            : "it does not boot: " + await _driver.ReadConsoleAsync(spec.Uuid, 65536, Never));
        return spec.Uuid;
    }

    private string Inside(Guid uuid, string line)
    {
        var result = Run(uuid, line);
        result.ExitCode.Should().Be(0, result.Output + result.Error);
        return result.Output;
    }

    private CommandResult Run(Guid uuid, string line) =>
        new CommandRunner().RunAsync(NetnsConsole.CommandFor(_state, uuid, ["sh", "-c", line])!, Never).GetAwaiter().GetResult();
}
