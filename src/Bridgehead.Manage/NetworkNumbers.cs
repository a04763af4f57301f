using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary>The parameters of <c>network create</c> that are not plain text. Size is in addresses, Mtu in bytes.</summary>
internal sealed record NetworkNumbers(int Networks, int? Size, int Priority, int? Mtu, bool? MultiHost, Guid? Uuid)
{
    public static Outcome<NetworkNumbers> Of(ManageCall call)
    {
        if (!call.Number("num_networks").Succeeded(out var networks, out var problem) || !call.Number("network_size").Succeeded(out var size, out problem)
            || !call.Number("priority").Succeeded(out var priority, out problem) || !call.Number("mtu").Succeeded(out var mtu, out problem)
            || !MultiHostOf(call["multi_host"]).Succeeded(out var multiHost, out problem))
        {
            return problem;
        }

        var uuid = Guid.Empty;
        if (size is < 1)
        {
            return Problem.Bad("network_size must be at least 1.");
        }

        if (call["uuid"] is { } text && !Guid.TryParse(text, out uuid))
        {
            return Problem.Bad($"uuid {text} is not a uuid.");
        }

        return uuid != Guid.Empty && networks > 1
            ? Problem.Bad("--uuid names one network: leave it out or create one.")
            : new NetworkNumbers(networks ?? 1, size, priority ?? 0, mtu, multiHost, uuid == Guid.Empty ? null : uuid);
    }

    /// <summary>nova's T and F, and the words of a configuration file.</summary>
    private static Outcome<bool?> MultiHostOf(string? text) => text?.ToLowerInvariant() switch
    {
        null => (bool?)null,
        "t" or "true" or "1" or "yes" or "on" => true,
        "f" or "false" or "0" or "no" or "off" => false,
        _ => Problem.Bad($"multi_host must be T or F, not '{text}'."),
    };
}
