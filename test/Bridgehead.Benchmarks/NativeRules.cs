using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Netlink;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Benchmarks;

/// <summary>All that a host with the native back end has in the kernel: both workers' tables and the guard of the ports.</summary>
internal sealed class NativeRules : IDisposable
{
    private readonly NftablesBackend[] _backends = [new(new ComputeLayout(ipv6: false)), new(new NetworkLayout(RuleProfile.Article)), new(new GuardLayout(ipv6: false))];
    private readonly Nftables _kernel = new();

    public NativeRules(IReadOnlyList<Policy> compute, IReadOnlyList<Policy> network, int ports)
    {
        _backends[0].Replace(compute);
        _backends[1].Replace(network);
        _backends[2].Replace([new GuardedPort(PacketWorld.Tap, PacketWorld.Mac, [EngineCloud.AddressOf(ports / 2)]), .. Enumerable.Range(0, ports).Select(Port)]);
    }

    public void Put()
    {
        foreach (var backend in _backends)
        {
            backend.CommitAsync(observe: true, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    public void Remove()
    {
        using var batch = new BatchWriter();
        Netlink.NftTable[] tables = [new(Netlink.NftFamily.Ip, "bridgehead"), new(Netlink.NftFamily.Bridge, GuardLayout.Name)];
        foreach (var table in tables)
        {
            batch.RemoveTable(table);
        }

        var result = _kernel.Commit(batch);
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException($"the tables' removal: {result}");
        }
    }

    public void Dispose()
    {
        foreach (var backend in _backends)
        {
            backend.Dispose();
        }

        _kernel.Dispose();
    }

    private static Policy Port(int number) => new GuardedPort(DeviceName.Parse($"tap{number}"), new MacAddress(0x02163f000000 + number), [EngineCloud.AddressOf(number)]);
}
