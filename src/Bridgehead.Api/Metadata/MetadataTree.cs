using System.Net;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Everything that an instance may learn about itself.</summary>
internal sealed record MetadataSubject
{
    public required InstanceDetails Details { get; init; }

    /// <summary>Null when the flavor was deleted since.</summary>
    public Flavor? Flavor { get; init; }

    /// <summary>The address that asks.</summary>
    public required IPAddress Asker { get; init; }

    public string DhcpDomain { get; init; } = "";

    /// <summary>What the instance stored as its administrator's password, encrypted by itself.</summary>
    public string? Password { get; init; }

    /// <summary>What the user put into the server at boot.</summary>
    public IReadOnlyList<InjectedFile> Files { get; init; } = [];

    public required VendorData Vendor { get; init; }

    /// <summary>Bytes of what the user gave, which may be many.</summary>
    public int Size => (Instance.UserData?.Length ?? 0) + Files.Sum(file => file.Content.Length);

    public Instance Instance => Details.Instance;

    public string HostName => DhcpDomain.Length == 0 ? Instance.HostName : $"{Instance.HostName}.{DhcpDomain}";

    /// <summary>The bytes that the user gave at boot, base64 undone.</summary>
    public ReadOnlyMemory<byte>? UserData => Instance.UserData is { Length: > 0 } text ? Convert.FromBase64String(text) : (ReadOnlyMemory<byte>?)null;
}

/// <summary>The metadata service's paths: EC2's tree and OpenStack's, by version. Pure.</summary>
internal static class MetadataTree
{
    public const string Latest = "latest";
    private const string Ec2 = "ec2";
    private const string OpenStack = "openstack";

    /// <summary>The path's names; what does not begin with a tree's name is EC2's.</summary>
    public static IReadOnlyList<string> Split(string path)
    {
        var names = new List<string>();
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == ".." && names.Count > 0)
            {
                names.RemoveAt(names.Count - 1);
            }
            else if (name is not ("." or ".."))
            {
                names.Add(name);
            }
        }

        return names.Count > 0 && names[0] is Ec2 or OpenStack ? names : [Ec2, .. names];
    }

    /// <summary>The list of versions, which is the same for everybody; null when the path is below it.</summary>
    public static MetadataNode.Document? Versions(IReadOnlyList<string> names) =>
        names.Count > 1 ? null : MetadataNode.Lines([.. names[0] == Ec2 ? Ec2Tree.Versions : OpenStackTree.Versions, Latest]);

    /// <summary>The document or directory at the path; null when there is none.</summary>
    public static MetadataNode? Find(MetadataSubject subject, IReadOnlyList<string> names)
    {
        if (names is [OpenStack, OpenStackTree.ContentName])
        {
            // The names of files are learnt from meta_data.json only.
            return null;
        }

        MetadataNode? node = names[0] == Ec2 ? Ec2Tree.Build(subject, names[1]) : OpenStackTree.Build(subject, names[1]);
        foreach (var name in names.Skip(2))
        {
            node = (node as MetadataNode.Directory)?.Child(name);
        }

        return node;
    }
}
