namespace Bridgehead.Instances;

/// <summary>The read-only part of every instance's root, under what its image brings: busybox under all its names, and the scripts. Made once per host, anew when the program brings other scripts.</summary>
internal static class BusyboxBase
{
    private const string Busybox = "/bin/busybox";
    private static readonly SemaphoreSlim One = new(1, 1);

    /// <summary>Makes it if it is not there and returns its folder.</summary>
    public static async Task<string> EnsureAsync(string stateFolder, IReadOnlyList<string> applets, CancellationToken cancel)
    {
        var folder = Path.Combine(stateFolder, "images", "busybox-base");
        await One.WaitAsync(cancel);
        try
        {
            var bin = Path.Combine(folder, "bin");
            Directory.CreateDirectory(bin);
            foreach (var applet in applets.Where(applet => applet is not "init" && !Path.Exists(Path.Combine(bin, applet))))
            {
                File.CreateSymbolicLink(Path.Combine(bin, applet), "busybox");
            }

            await PutAsync(Path.Combine(bin, "busybox"), await File.ReadAllBytesAsync(Busybox, cancel), cancel);
            await PutAsync(Path.Combine(bin, "init"), Script("init.sh"), cancel);
            await PutAsync(Path.Combine(bin, "udhcpc.script"), Script("udhcpc.sh"), cancel);
            await PutAsync(Path.Combine(folder, "enter.sh"), Script("enter.sh"), cancel);
            await PutAsync(Path.Combine(folder, "launch.sh"), Script("launch.sh"), cancel);
            await PutAsync(Path.Combine(folder, "export.sh"), Script("export.sh"), cancel);
            return folder;
        }
        finally
        {
            One.Release();
        }
    }

    /// <summary>Replaced by renaming, so that instances that run the old file keep it.</summary>
    private static async Task PutAsync(string path, byte[] content, CancellationToken cancel)
    {
        var file = new FileInfo(path);
        if (file.Exists && file.LinkTarget is null && file.Length == content.Length && (await File.ReadAllBytesAsync(path, cancel)).AsSpan().SequenceEqual(content))
        {
            return;
        }

        var temporary = $"{path}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(temporary, content, cancel);
        File.SetUnixFileMode(temporary, (UnixFileMode)0b111_101_101);
        File.Move(temporary, path, overwrite: true);
    }

    private static byte[] Script(string name)
    {
        using var stream = typeof(BusyboxBase).Assembly.GetManifestResourceStream($"Bridgehead.Instances.Namespace.{name}")!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
