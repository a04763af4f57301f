namespace Bridgehead.Rules.Iptables;

/// <summary>A release's rules: from what an entity asks for to the rules in a worker's chains. Pure.</summary>
public interface IRuleProfile
{
    /// <summary>Whether the worker hooks into the mangle table.</summary>
    bool UsesMangle { get; }

    /// <summary>Rules between the worker's own chains that stand first.</summary>
    IptablesContribution Skeleton(string worker);

    /// <summary>For every policy but an instance's and its groups'.</summary>
    IptablesContribution Plan(string worker, Policy policy);

    /// <summary>An instance's chain in each of these families, into which the rules of its groups go.</summary>
    InstanceFrame Frame(string worker, Policy.InstanceFilter instance, IReadOnlyList<IpFamily> families);
}
