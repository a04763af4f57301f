namespace Bridgehead.Rules.Tracing;

/// <summary>A translation in words: what of a packet's addresses and ports is another afterwards.</summary>
internal static class TranslationText
{
    public static string Of(Packet before, Packet after) => after.Source.Equals(before.Source)
        ? $"destination {before.Destination}{Port(before, after, before)} -> {after.Destination}{Port(before, after, after)}"
        : after.Destination.Equals(before.Destination) ? $"source {before.Source} -> {after.Source}"
        : $"source {before.Source} -> {after.Source}, destination {before.Destination}{Port(before, after, before)} -> {after.Destination}{Port(before, after, after)}";

    public static bool IsNone(Packet before, Packet after) =>
        after.Source.Equals(before.Source) && after.Destination.Equals(before.Destination) && after.DestinationPort == before.DestinationPort;

    private static string Port(Packet before, Packet after, Packet shown) => before.DestinationPort == after.DestinationPort ? "" : $":{shown.DestinationPort}";
}
