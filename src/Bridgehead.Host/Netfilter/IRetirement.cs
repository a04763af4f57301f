using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>A way to take what is ours out of the kernel's packet filter.</summary>
public interface IRetirement
{
    /// <summary>Takes everything of these workers out, and what workers share when no other one uses it. Everybody else's stays as it is. True when there was something.</summary>
    Task<bool> RetireAsync(CancellationToken cancel);

    /// <summary>What <see cref="RetireAsync"/> would change.</summary>
    Task<IReadOnlyList<RuleChange>> PreviewRetirementAsync(CancellationToken cancel);
}
