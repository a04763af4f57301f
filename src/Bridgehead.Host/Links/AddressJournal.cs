using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>
/// Addresses that this host carries for the cloud, each with a word on what it is for: a small file each, written before the host is changed and removed after it was changed back.
/// What a daemon that was killed, or was down when its entity went, left behind is found by it.
/// </summary>
/// <param name="folder">A folder of this journal's own; made when it is needed.</param>
public sealed class AddressJournal(string folder)
{
    /// <summary>Floating addresses, each with its fixed address.</summary>
    public static AddressJournal Floating(string stateFolder) => new(Path.Combine(stateFolder, "floating"));

    /// <summary>Gateways of networks, each with its bridge and prefix: <c>br100/24</c>.</summary>
    public static AddressJournal Gateways(string stateFolder) => new(Path.Combine(stateFolder, "gateways"));

    public IReadOnlyDictionary<IPAddress, string> Read()
    {
        var found = new Dictionary<IPAddress, string>();
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            // Another name is that of a file that was still being written, for a change that was not begun.
            if (Ip.TryParse(Path.GetFileName(path), out var address) && File.ReadAllText(path) is [.. var text, '\n'])
            {
                found[address] = text;
            }
        }

        return found;
    }

    public void Put(IPAddress address, string text)
    {
        Directory.CreateDirectory(folder);
        if (!File.Exists(FileOf(address)) || File.ReadAllText(FileOf(address)) != $"{text}\n")
        {
            // Moved into place whole: an entry that is replaced is not lost meanwhile.
            var temporary = Path.Combine(folder, $"{address}.tmp");
            File.WriteAllText(temporary, $"{text}\n");
            File.Move(temporary, FileOf(address), overwrite: true);
        }
    }

    public void Remove(IPAddress address)
    {
        if (Directory.Exists(folder))
        {
            File.Delete(FileOf(address));
        }
    }

    private string FileOf(IPAddress address) => Path.Combine(folder, address.ToString());
}
