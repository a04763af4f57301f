using Bridgehead.Agent;
using Bridgehead.Host;
using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Store;

namespace Bridgehead;

/// <summary>Lets nova-manage, which knows the store alone, see what the agents want here and what the kernel has.</summary>
internal sealed class HostInspection : IHostInspection
{
    private static readonly string[] Workers = [Binaries.Network, Binaries.Compute, Binaries.Api];
    private readonly CommandRunner _runner = new();

    public async Task<HostPicture> LookAsync(NovaSettings settings, Database store, CancellationToken cancel)
    {
        ProgramPath.AddSystemFolders();
        try
        {
            return new HostPicture(
                await new HostWishes(settings, store).ReadAsync(cancel), await new RoutingReader(_runner).ReadAsync(cancel), await SavedAsync(settings, cancel));
        }
        catch (CommandFailedException problem)
        {
            throw new InspectionException(problem.Message, problem);
        }
    }

    public async Task<Listing> ListAsync(NovaSettings settings, Database store, CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new InspectionException("Only root can read the packet filter: run it as root.");
        }

        ProgramPath.AddSystemFolders();
        try
        {
            var programs = new IptablesPrograms(_runner, settings.IptablesVariant);
            var kernel = new KernelRulesReader(programs).ReadAsync(FamiliesOf(settings, programs), cancel);
            var services = await store.ReadAsync(session => session.Services.ListAsync(cancel), cancel);
            return Listing.Of(
                await new HostWishes(settings, store).ReadAsync(cancel),
                settings,
                [.. Workers.Where(worker => services.Exists(service => service.Host == settings.Host && service.Binary == worker))],
                await kernel,
                RuleEncoder.PrintOf);
        }
        catch (Exception problem) when (problem is CommandFailedException or FirewallException)
        {
            throw new InspectionException(problem.Message, problem);
        }
    }

    /// <summary>IPv6 is looked at where it is not used too, for what an earlier life left of it; but a kernel may be without it.</summary>
    private static IReadOnlyList<IpFamily> FamiliesOf(NovaSettings settings, IptablesPrograms programs) =>
        settings.NetfilterBackend == NetfilterBackend.Nftables && !programs.AreInstalled ? []
        : settings.UseIpv6 || File.Exists("/proc/net/if_inet6") ? [IpFamily.V4, IpFamily.V6]
        : [IpFamily.V4];

    /// <summary>Only root may read iptables, and with the native back end it need not be there; without it, other people's rules are not shown.</summary>
    private async Task<IReadOnlyDictionary<IpFamily, SavedRules>?> SavedAsync(NovaSettings settings, CancellationToken cancel)
    {
        var programs = new IptablesPrograms(_runner, settings.IptablesVariant);
        if (!Environment.IsPrivilegedProcess || (settings.NetfilterBackend == NetfilterBackend.Nftables && !programs.AreInstalled))
        {
            return null;
        }

        var saved = new Dictionary<IpFamily, SavedRules>();
        foreach (var family in settings.UseIpv6 ? new[] { IpFamily.V4, IpFamily.V6 } : [IpFamily.V4])
        {
            saved[family] = SavedRules.Parse(await programs.SaveAsync(family, cancel));
        }

        return saved;
    }
}
