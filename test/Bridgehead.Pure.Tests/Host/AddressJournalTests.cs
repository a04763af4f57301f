using System.Net;
using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Pure.Tests.Host;

public sealed class AddressJournalTests : IDisposable
{
    private static readonly IPAddress One = Ip.Parse("192.168.1.233");
    private static readonly IPAddress Two = Ip.Parse("192.168.1.234");
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("bridgehead-journal-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public void What_was_put_is_read_by_a_later_life_until_it_is_removed()
    {
        Floating().Read().Should().BeEmpty();
        Floating().Put(One, "10.10.10.2");
        Floating().Put(Two, "10.10.10.3");
        Floating().Put(One, "10.10.10.9");
        Floating().Read().Should().BeEquivalentTo(new Dictionary<IPAddress, string> { [One] = "10.10.10.9", [Two] = "10.10.10.3" });
        Floating().Remove(One);
        Floating().Remove(One);
        Floating().Read().Keys.Should().Equal(Two);
        Directory.GetFiles(Folder).Should().HaveCount(1);
    }

    [Fact]
    public void Gateways_and_floating_addresses_are_different_books()
    {
        Gateways().Put(One, "br100/24");
        Floating().Read().Should().BeEmpty();
        Floating().Remove(One);
        Gateways().Read().Values.Should().Equal("br100/24");
    }

    [Fact]
    public void An_entry_that_a_killed_process_was_writing_leaves_the_one_before()
    {
        Floating().Put(One, "10.10.10.2");
        File.WriteAllText(Path.Combine(Folder, $".{One}.tmp"), "10.10.");
        File.WriteAllText(Path.Combine(Folder, $".{Two}.tmp"), "");
        Floating().Read().Should().BeEquivalentTo(new Dictionary<IPAddress, string> { [One] = "10.10.10.2" });
        Floating().Put(One, "10.10.10.3");
        Floating().Read().Values.Should().Equal("10.10.10.3");
    }

    [Fact]
    public void The_same_again_is_not_written()
    {
        Floating().Put(One, "10.10.10.2");
        File.SetLastWriteTimeUtc(Path.Combine(Folder, $"{One}"), DateTime.UnixEpoch);
        Floating().Put(One, "10.10.10.2");
        File.GetLastWriteTimeUtc(Path.Combine(Folder, $"{One}")).Should().Be(DateTime.UnixEpoch);
    }

    private string Folder => Path.Combine(_state.FullName, "floating");

    private AddressJournal Gateways() => AddressJournal.Gateways(_state.FullName, new HostFiles(TimeProvider.System));

    private AddressJournal Floating() => AddressJournal.Floating(_state.FullName, new HostFiles(TimeProvider.System));
}
