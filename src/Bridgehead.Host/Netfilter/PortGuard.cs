using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>The anti-spoofing table of this host (see <see cref="PortGuardText"/>). Changes are elements of sets; callers that come at once share one transaction.</summary>
public sealed class PortGuard(ICommandRunner runner, bool ipv6)
{
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly Dictionary<DeviceName, GuardedPort> _ports = [];

    /// <summary>Makes the table hold exactly these ports, in one transaction.</summary>
    public async Task StartAsync(IReadOnlyList<GuardedPort> ports, CancellationToken cancel)
    {
        await _writer.WaitAsync(cancel);
        try
        {
            await CommitAsync(PortGuardText.Whole(ports, ipv6), cancel);
            _ports.Clear();
            foreach (var port in ports)
            {
                _ports[port.Tap] = port;
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Puts or replaces ports.</summary>
    public async Task PutAsync(IReadOnlyList<GuardedPort> ports, CancellationToken cancel)
    {
        await _writer.WaitAsync(cancel);
        try
        {
            var changed = ports.Where(port => !(_ports.TryGetValue(port.Tap, out var now) && Same(now, port))).ToList();
            if (changed.Count == 0)
            {
                return;
            }

            var text = string.Concat(changed.Select(port => (_ports.TryGetValue(port.Tap, out var old) ? PortGuardText.Remove(old) : "") + PortGuardText.Put(port)));
            await CommitAsync(text, cancel);
            changed.ForEach(port => _ports[port.Tap] = port);
        }
        finally
        {
            _writer.Release();
        }
    }

    public async Task RemoveAsync(IReadOnlyList<DeviceName> taps, CancellationToken cancel)
    {
        await _writer.WaitAsync(cancel);
        try
        {
            var known = taps.Where(_ports.ContainsKey).Select(tap => _ports[tap]).ToList();
            if (known.Count > 0)
            {
                await CommitAsync(string.Concat(known.Select(PortGuardText.Remove)), cancel);
                known.ForEach(port => _ports.Remove(port.Tap));
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    private static bool Same(GuardedPort one, GuardedPort other) => one.Mac == other.Mac && one.Addresses.SequenceEqual(other.Addresses);

    private Task CommitAsync(string text, CancellationToken cancel) => runner.RequireAsync(new Command("nft", ["-f", "-"]) { Input = text }, cancel);
}
