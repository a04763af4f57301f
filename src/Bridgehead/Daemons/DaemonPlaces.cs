using Bridgehead.Model;

namespace Bridgehead;

/// <summary>Which daemons run on this host: a lock each, which ends with the process, however that ends.</summary>
internal sealed class DaemonPlaces(string stateFolder) : IDisposable
{
    private readonly List<FileStream> _places = [];

    private string Folder => Path.Combine(stateFolder, "locks");

    /// <summary>Two nova-network or nova-compute would undo each other's work on the host; any number of nova-api may run.</summary>
    public void Take(string binary) => Take(binary, binary == Binaries.Api ? FileShare.Read : FileShare.None, binary == Binaries.Api ? FileAccess.Read : FileAccess.ReadWrite);

    /// <summary>All of them: none may run beside.</summary>
    public void TakeAll()
    {
        foreach (var binary in new[] { Binaries.Network, Binaries.Compute, Binaries.Api })
        {
            Take(binary, FileShare.None, FileAccess.ReadWrite);
        }
    }

    /// <summary>Removes the files of all locks of this host; nobody may hold one but us.</summary>
    public void Forget()
    {
        if (_places.Count > 0)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    public void Dispose() => _places.ForEach(place => place.Dispose());

    private void Take(string binary, FileShare share, FileAccess access)
    {
        Directory.CreateDirectory(Folder);
        try
        {
            _places.Add(new FileStream(Path.Combine(Folder, binary), FileMode.OpenOrCreate, access, share));
        }
        catch (IOException problem)
        {
            throw new IOException($"{binary} runs already with the state_path '{stateFolder}': stop that one first", problem);
        }
    }
}
