using System.Text.RegularExpressions;
using System.Xml.Linq;
using AwesomeAssertions;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.House;

/// <summary>The house's laws, read from the project files and the sources.</summary>
public sealed class ArchitectureTests
{
    private const int LongestFile = 400;

    /// <summary>Which room may refer to which. A new reference is a decision: it changes this table.</summary>
    private static readonly Dictionary<string, string[]> MayReferTo = new(StringComparer.Ordinal)
    {
        ["Model"] = [],
        ["Rules"] = ["Model"],
        ["Store"] = ["Model"],
        ["Control"] = ["Model", "Store"],
        ["Host"] = ["Model", "Rules", "Netlink"],
        ["Netlink"] = [],
        ["Instances"] = ["Model", "Host"],
        ["Agent"] = ["Model", "Rules", "Store", "Host", "Instances"],
        ["Api"] = ["Model", "Store", "Control"],
        ["Cli"] = ["Model"],
        ["Manage"] = ["Model", "Rules", "Store", "Control"],
        ["Sandbox"] = ["Model", "Host", "Cli"],
    };

    /// <summary>Rooms that have no package at all.</summary>
    private static readonly string[] Bare = ["Model", "Rules", "Host"];

    private static readonly Regex Later = Words("TODO|FIXME|HACK");

    private static readonly Regex OutsideWorld = Words(@"System\.IO|(?:File|Directory|Process|Socket|Console|Environment)(?=\.)|HttpClient|TimeProvider|DateTime|Random|async|await");

    public static TheoryData<string> Rooms => [.. Projects().Select(NameOf)];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_refers_only_to_rooms_it_may(string room)
    {
        if (room.Length == 0)
        {
            // The executable joins them all.
            return;
        }

        var project = XDocument.Load(Projects().Single(path => NameOf(path) == room));
        var references = project.Descendants("ProjectReference").Select(element => NameOf(element.Attribute("Include")!.Value.Replace('\\', '/')));
        MayReferTo.Should().ContainKey(room, "a new room says here what it may refer to");
        references.Should().BeSubsetOf(MayReferTo[room]);
    }

    [Fact]
    public void Nobody_refers_to_the_executable() =>
        Projects().SelectMany(path => XDocument.Load(path).Descendants("ProjectReference")).Select(element => NameOf(element.Attribute("Include")!.Value)).Should().NotContain("");

    [Fact]
    public void Values_rules_and_host_have_no_packages() => Projects().Where(path => Bare.Contains(NameOf(path)))
        .SelectMany(path => XDocument.Load(path).Descendants("PackageReference")).Should().BeEmpty();

    /// <summary>The references of a project file could be widened by a using of a framework namespace; these rooms are pure.</summary>
    [Theory]
    [InlineData("Model")]
    [InlineData("Rules")]
    public void Pure_rooms_touch_nothing(string room) => Sources($"src/Bridgehead.{room}")
        .Where(path => OutsideWorld.IsMatch(File.ReadAllText(path)))
        .Should().BeEmpty();

    [Fact]
    public void The_API_and_the_client_never_touch_the_host() =>
        Sources("src").Where(path => path.Contains("/Bridgehead.Api/") || path.Contains("/Bridgehead.Cli/") || path.Contains("/Bridgehead.Control/"))
            .Where(path => File.ReadAllText(path).Contains("Bridgehead.Host", StringComparison.Ordinal)).Should().BeEmpty();

    [Fact]
    public void No_file_is_longer_than_its_limit() =>
        Sources("src").Concat(Sources("test")).Where(path => File.ReadLines(path).Count() > LongestFile).Should().BeEmpty();

    [Fact]
    public void No_source_has_a_word_that_promises_work_for_later() =>
        Sources("src").SelectMany(path => File.ReadLines(path).Where(line => Later.IsMatch(line) && !IsNovasOwnText(line)).Select(line => $"{path}: {line.Trim()}"))
            .Should().BeEmpty();

    /// <summary>The metadata service's ami-manifest-path is this literal.</summary>
    private static bool IsNovasOwnText(string line) => line.Contains("\"FIXME\"", StringComparison.Ordinal);

    private static Regex Words(string words) => new($@"\b(?:{words})\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

    private static IEnumerable<string> Projects() => Directory.EnumerateFiles(Path.Combine(Golden.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    /// <summary>Rules for Bridgehead.Rules.csproj; empty for the executable.</summary>
    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path).Replace("Bridgehead", "", StringComparison.Ordinal).TrimStart('.');

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(Path.Combine(Golden.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));
}
