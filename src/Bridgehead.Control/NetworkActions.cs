using System.Net;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What administrators do to networks and fixed addresses.</summary>
public sealed class NetworkActions(Database store)
{
    public Task<Outcome<Done>> DeleteAsync(Guid uuid, CancellationToken cancel) => DeleteAsync(uuid, null, cancel);

    /// <summary>As the other, and takes the network from <paramref name="owner"/> if that project has it.</summary>
    public Task<Outcome<Done>> DeleteAsync(Guid uuid, string? owner, CancellationToken cancel) => OnAsync(uuid, async (session, network) =>
    {
        if (network.ProjectId is not null && network.ProjectId != owner)
        {
            return Problem.Conflicting($"Unable to delete network {uuid}: it must be disassociated from project {network.ProjectId} first.");
        }

        // An instance whose last address on it was taken away still has its interface there.
        if (await session.FixedIps.AnyAllocatedAsync(network.Id, cancel) || await session.VirtualInterfaces.AnyOnAsync(network.Id, cancel))
        {
            return Problem.Conflicting($"Network {uuid} is still in use.");
        }

        await session.Networks.RemoveAsync(network.Id, cancel);
        return default(Done);
    }, cancel);

    /// <summary>Gives the network to a project, or to nobody.</summary>
    public Task<Outcome<Done>> SetProjectAsync(Guid uuid, string? project, CancellationToken cancel) => OnAsync(uuid, async (session, network) =>
    {
        await session.Networks.SetProjectAsync(network.Id, project, cancel);
        return default(Done);
    }, cancel);

    /// <summary>Gives the caller's project a network: the one that is named, or one that is nobody's.</summary>
    public Task<Outcome<Done>> AddToProjectAsync(Guid? uuid, string project, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if ((uuid is { } named ? await session.Networks.FindAsync(named, cancel) : await session.Networks.FreeAsync(cancel)) is not { } network)
            {
                return Problem.Bad(uuid is null ? "No more networks available." : $"Network {uuid} could not be found.");
            }

            await session.Networks.SetProjectAsync(network.Id, project, cancel);
            return default(Done);
        },
        cancel);

    /// <summary>Takes the network from its project and its host.</summary>
    public Task<Outcome<Done>> DisassociateAsync(Guid uuid, CancellationToken cancel) => OnAsync(uuid, async (session, network) =>
    {
        await session.Networks.SetProjectAsync(network.Id, null, cancel);
        await session.Networks.SetHostAsync(network.Id, null, cancel);
        return default(Done);
    }, cancel);

    public Task<Outcome<Done>> SetHostAsync(Guid uuid, string? host, CancellationToken cancel) => OnAsync(uuid, async (session, network) =>
    {
        await session.Networks.SetHostAsync(network.Id, host, cancel);
        return default(Done);
    }, cancel);

    /// <summary>Keeps an address from being given to instances, or gives it back.</summary>
    public Task<Outcome<Done>> ReserveAsync(IPAddress address, bool reserved, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if ((await session.Networks.ListAsync(cancel)).Find(n => n.Cidr?.Contains(address) == true) is not { } network)
            {
                return Problem.Missing($"Fixed IP {address} not found");
            }

            await session.FixedIps.SetReservedAsync(network, address, reserved, cancel);
            return default(Done);
        },
        cancel);

    private Task<Outcome<Done>> OnAsync(Guid uuid, Func<Session, Network, Task<Outcome<Done>>> work, CancellationToken cancel) => store.TryWriteAsync(
        async session => await session.Networks.FindAsync(uuid, cancel) is { } network ? await work(session, network) : Problem.Missing($"Network {uuid} could not be found."), cancel);
}
