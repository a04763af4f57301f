using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>EC2's metadata: a version shows what that version of EC2 knew.</summary>
internal static class Ec2Tree
{
    public static readonly IReadOnlyList<string> Versions =
    [
        "1.0", "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01", "2009-04-04",
    ];

    private static readonly IReadOnlyList<(string Since, string Name, Func<MetadataSubject, MetadataNode?> Value)> Items =
    [
        ("1.0", "ami-id", s => MetadataNode.Text($"ami-{s.Instance.ImageId.ToString("N")[..8]}")),
        ("1.0", "ami-launch-index", s => MetadataNode.Text($"{s.Instance.LaunchIndex}")),
        ("1.0", "ami-manifest-path", _ => MetadataNode.Text("FIXME")),
        ("1.0", "instance-id", s => MetadataNode.Text($"i-{s.Instance.Id:x8}")),
        ("1.0", "hostname", s => MetadataNode.Text(s.HostName)),
        ("1.0", "local-ipv4", s => MetadataNode.Text($"{LocalAddress(s)}")),
        ("1.0", "reservation-id", s => MetadataNode.Text(s.Instance.ReservationId)),
        ("1.0", "security-groups", s => MetadataNode.Lines(s.Details.Groups.Select(group => group.Name))),
        ("1.0", "public-keys", PublicKeys),
        ("2007-01-19", "local-hostname", s => MetadataNode.Text(s.HostName)),
        ("2007-01-19", "public-hostname", s => MetadataNode.Text(s.HostName)),
        ("2007-01-19", "public-ipv4", s => MetadataNode.Text($"{s.Details.Nics.SelectMany(nic => nic.Floating).FirstOrDefault()?.Address}")),
        ("2007-08-29", "instance-type", s => MetadataNode.Text(s.Flavor?.Name ?? s.Instance.FlavorId)),
        ("2007-12-15", "block-device-mapping", Disks),
        ("2008-02-01", "placement", s => new MetadataNode.Directory().With("availability-zone", s.Instance.AvailabilityZone)),
        ("2008-09-01", "instance-action", _ => MetadataNode.Text("none")),
    ];

    public static MetadataNode? Build(MetadataSubject subject, string version)
    {
        var known = version == MetadataTree.Latest ? Versions[^1] : version;
        if (!Versions.Contains(known))
        {
            return null;
        }

        var items = new MetadataNode.Directory();
        foreach (var (since, name, value) in Items)
        {
            if (string.CompareOrdinal(since, known) <= 0)
            {
                items.With(name, value(subject));
            }
        }

        var user = subject.UserData is { } data ? new MetadataNode.Document(data, "text/plain") : null;
        return new MetadataNode.Directory().With("meta-data", items).With("user-data", user);
    }

    private static System.Net.IPAddress LocalAddress(MetadataSubject s) =>
        s.Details.Nics.SelectMany(nic => nic.Fixed).Select(own => own.Address).FirstOrDefault(address => address.IsV4()) ?? s.Asker;

    private static MetadataNode.Directory? PublicKeys(MetadataSubject s) => s.Instance.KeyData is { } key
        ? new MetadataNode.Directory().With("0", new MetadataNode.Directory($"0={s.Instance.KeyName}").With("openssh-key", key))
        : null;

    private static MetadataNode.Directory Disks(MetadataSubject s)
    {
        var disks = new MetadataNode.Directory().With("ami", "vda").With("root", "/dev/vda");
        var next = 'b';
        if (s.Flavor is { Ephemeral: > 0 })
        {
            disks.With("ephemeral0", $"/dev/vd{next++}");
        }

        return s.Flavor is { Swap: > 0 } ? disks.With("swap", $"/dev/vd{next}") : disks;
    }
}
