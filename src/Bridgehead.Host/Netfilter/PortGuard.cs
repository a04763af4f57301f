using System.Text;
using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>
/// The anti-spoofing table of this host (see <see cref="PortGuardText"/>). Changes are elements of sets. When one cannot be made, the whole table is written anew: somebody may
/// have flushed it, or an earlier change was cut off and nobody knows whether it arrived.
/// </summary>
public sealed class PortGuard(ICommandRunner runner, bool ipv6)
{
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly Dictionary<DeviceName, GuardedPort> _ports = [];

    private bool _started;

    /// <summary>What <see cref="_ports"/> says may not be what the kernel holds.</summary>
    private bool _unsure = true;

    /// <summary>Makes the table hold exactly these ports, in one transaction.</summary>
    public Task StartAsync(IReadOnlyList<GuardedPort> ports, CancellationToken cancel) => ChangeAsync(
        () =>
        {
            _ports.Clear();
            (_started, _unsure) = (true, true);
            foreach (var port in ports)
            {
                _ports[port.Tap] = port;
            }

            return "";
        },
        cancel);

    /// <summary>Puts or replaces ports.</summary>
    public Task PutAsync(IReadOnlyList<GuardedPort> ports, CancellationToken cancel) => ChangeAsync(
        () =>
        {
            var text = new StringBuilder();
            foreach (var port in ports)
            {
                text.Append(_ports.TryGetValue(port.Tap, out var old) ? PortGuardText.Change(old, port) : PortGuardText.Put(port));
                _ports[port.Tap] = port;
            }

            return text.ToString();
        },
        cancel);

    public Task RemoveAsync(IReadOnlyList<DeviceName> taps, CancellationToken cancel) => ChangeAsync(
        () =>
        {
            var text = new StringBuilder();
            foreach (var tap in taps)
            {
                if (_ports.Remove(tap, out var port))
                {
                    text.Append(PortGuardText.Remove(port));
                }
            }

            return text.ToString();
        },
        cancel);

    /// <summary>Edits the ports, then the kernel's table: by the elements that <paramref name="edit"/> returns, or whole.</summary>
    private async Task ChangeAsync(Func<string> edit, CancellationToken cancel)
    {
        await _writer.WaitAsync(cancel);
        try
        {
            var elements = edit();
            if (!_started)
            {
                throw new InvalidOperationException("the port guard was not started: the table would lose every port that is not in this change");
            }

            var whole = _unsure;
            if (!whole && elements.Length == 0)
            {
                return;
            }

            _unsure = true;
            if (whole || (await runner.RunAsync(Nft(elements), cancel)).ExitCode != 0)
            {
                await runner.RequireAsync(Nft(PortGuardText.Whole([.. _ports.Values], ipv6)), cancel);
            }

            _unsure = false;
        }
        finally
        {
            _writer.Release();
        }
    }

    private static Command Nft(string text) => new("nft", ["-f", "-"]) { Input = text };
}
