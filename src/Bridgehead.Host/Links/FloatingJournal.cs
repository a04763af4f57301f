using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>
/// Which floating addresses this host carries, and for which fixed ones: a small file each, written before the host is changed and removed after it was changed back. What a daemon that was
/// killed left behind is found by it: an address on the interface, or connections under a translation that is no more.
/// </summary>
public sealed class FloatingJournal(string stateFolder)
{
    private readonly string _folder = Path.Combine(stateFolder, "floating");

    public IReadOnlyDictionary<IPAddress, IPAddress> Read()
    {
        var found = new Dictionary<IPAddress, IPAddress>();
        foreach (var path in Directory.Exists(_folder) ? Directory.GetFiles(_folder) : [])
        {
            // A file that was cut off at its writing belongs to a change that was not begun.
            if (Ip.TryParse(Path.GetFileName(path), out var floating) && Ip.TryParse(File.ReadAllText(path).Trim(), out var fixedAddress))
            {
                found[floating] = fixedAddress;
            }
        }

        return found;
    }

    public void Put(IPAddress floating, IPAddress fixedAddress)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(FileOf(floating), $"{fixedAddress}\n");
    }

    public void Remove(IPAddress floating)
    {
        if (Directory.Exists(_folder))
        {
            File.Delete(FileOf(floating));
        }
    }

    private string FileOf(IPAddress floating) => Path.Combine(_folder, floating.ToString());
}
