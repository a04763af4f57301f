namespace Bridgehead.Rules;

/// <summary>What a rule or an element has matched since it is in the kernel, or was last set to zero.</summary>
public readonly record struct RuleCount(ulong Packets, ulong Bytes);
