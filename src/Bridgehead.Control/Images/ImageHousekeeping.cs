using System.Formats.Tar;
using System.Text;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What nova-api does for images before it answers, and now and then, it puts right what was broken off, and gives the image that comes with the program its content.</summary>
/// <remarks>Throws <see cref="ImageStoreException"/>, with a sentence for the operator, when the folder of images cannot be written to.</remarks>
public sealed class ImageHousekeeping(Database store, NovaSettings settings)
{
    private readonly ImageFiles _files = new(settings);

    public async Task RunAsync(CancellationToken cancel)
    {
        await new ImageSweep(store, _files).RunAsync(cancel);
        foreach (var image in await store.ReadAsync(s => s.ImageUploads.WithoutContentAsync(Seed.BusyboxName, cancel), cancel))
        {
            await using var file = _files.Create(image);
            await file.WriteAsync(Busybox(), cancel);
            var content = file.Settle(diskFormat: null);
            file.IsKept = await store.WriteAsync(s => s.ImageUploads.DescribeAsync(image, file.Location, content, cancel), cancel);
        }
    }

    /// <summary>A root file system that adds nothing to what every instance of the netns driver has but its name: a tar archive, the same bytes always.</summary>
    private static byte[] Busybox()
    {
        var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var folder in new[] { "etc/", "home/", "root/", "var/" })
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, folder) { ModificationTime = DateTimeOffset.UnixEpoch, Mode = (UnixFileMode)0b111_101_101 });
            }

            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "etc/os-release")
            {
                ModificationTime = DateTimeOffset.UnixEpoch,
                Mode = (UnixFileMode)0b110_100_100,
                DataStream = new MemoryStream(Encoding.ASCII.GetBytes("NAME=busybox\nID=busybox\nPRETTY_NAME=\"busybox, the image that comes with Bridgehead\"\n")),
            });
        }

        return memory.ToArray();
    }
}
