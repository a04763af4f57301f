using Bridgehead.Agent;
using Bridgehead.Host;
using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Rules.Iptables;
using Bridgehead.Store;

namespace Bridgehead;

/// <summary>Lets nova-manage, which knows the store alone, see what the agents want here and what the kernel has.</summary>
internal sealed class HostInspection : IHostInspection
{
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
