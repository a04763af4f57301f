using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>
/// Addresses that this host carries for the cloud, each with a word on what it is for: a small file each, written before the host is changed and removed after it was changed back.
/// What a daemon that was killed, or was down when its entity went, left behind is found by it.
/// </summary>
/// <param name="folder">A folder of this journal's own; made when it is needed.</param>
public sealed class AddressJournal(string folder, IHostFiles files)
{
    /// <summary>Floating addresses, each with its fixed address.</summary>
    public static AddressJournal Floating(string stateFolder, IHostFiles files) => new(Path.Combine(stateFolder, "floating"), files);

    /// <summary>Gateways of networks, each with its bridge and prefix: <c>br100/24</c>.</summary>
    public static AddressJournal Gateways(string stateFolder, IHostFiles files) => new(Path.Combine(stateFolder, "gateways"), files);

    /// <summary>Addresses for the host's own services, each with its interface and prefix: <c>lo/32</c>.</summary>
    public static AddressJournal Services(string stateFolder, IHostFiles files) => new(Path.Combine(stateFolder, "services"), files);

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

    public void Put(IPAddress address, string text) => files.Write(FileOf(address), $"{text}\n");

    public void Remove(IPAddress address) => files.Delete(FileOf(address));

    /// <summary>What an entry that is not a floating address's says: interface and prefix. Null for what was never written here.</summary>
    public static (DeviceName Device, int PrefixLength)? PlaceOf(string text) =>
        text.Split('/') is [var name, var bits] && DeviceName.TryParse(name, out var device) && int.TryParse(bits, out var prefix) ? (device, prefix) : null;

    private string FileOf(IPAddress address) => Path.Combine(folder, address.ToString());
}
