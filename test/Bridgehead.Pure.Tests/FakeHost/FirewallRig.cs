using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;
using Bridgehead.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Bridgehead.Pure.Tests.FakeHost;

/// <summary>nova-compute's firewall on a host without a kernel; time passes by itself while a task is waited for.</summary>
internal sealed class FirewallRig : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgehead-test-");

    public FakeTimeProvider Clock { get; } = new();

    public Testing.FakeHost Host { get; } = new();

    public FirewallWriter NewFirewall(string worker = "nova-compute") => new(
        new IptablesBackend(
            new FirewallPlan(worker, RuleProfiles.For(RuleProfile.Ocata), ipv6: true), new IptablesPrograms(Host, "auto"), new HostFiles(Clock), Path.Combine(_folder.FullName, "nova-iptables")),
        Clock,
        NullLogger<FirewallWriter>.Instance);

    /// <summary>An instance in a group of its own.</summary>
    public static IReadOnlyList<Policy> Filter(long id, int port = 22) =>
        Sample.Server(id, null, new GroupView(Sample.Group().Group with { Id = id }, [Sample.Rule("tcp", port, port)])).Policies(Sample.Settings(RuleProfile.Ocata));

    /// <summary>Waits for the task, and lets pauses pass.</summary>
    public async Task Until(Task task)
    {
        var deadline = Task.Delay(Limit);
        while (!task.IsCompleted && !deadline.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(11));
            await Task.WhenAny(task, Task.Delay(1));
        }

        await task.WaitAsync(TimeSpan.Zero);
    }

    public string Listing() => Host.V4.Save() + Host.V6.Save();

    public void Dispose() => _folder.Delete(recursive: true);
}
