namespace Bridgehead.Manage;

/// <summary>All that nova-manage can do.</summary>
internal static class Categories
{
    public static IReadOnlyList<ManageCategory> All { get; } =
    [
        NetworkCategory.Category, FloatingCategory.Category, FixedCategory.Category, ProjectCategory.Category, ServiceCategory.Category, ServiceCategory.Hosts, VmCategory.Category,
        VmCategory.Vpn, IdentityCategory.Category, DbCategory.Category, ConfigCategory.Category,
    ];

    /// <summary>Actions without a category.</summary>
    public static IReadOnlyList<ManageAction> Alone { get; } = [ExplainAction.Action, RulesAction.Action, TraceAction.Action, ConfigCategory.Version, Completion.Words, Completion.Script];

    public static ManageCategory? Find(string name) => All.FirstOrDefault(c => c.Name == name || c.Alias == name);
}
