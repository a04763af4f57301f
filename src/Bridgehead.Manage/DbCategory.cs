namespace Bridgehead.Manage;

/// <summary><c>nova-manage db</c>. Opening the store brings it to this program's schema, so every action does what <c>db sync</c> does.</summary>
internal static class DbCategory
{
    public static ManageCategory Category { get; } = new("db", "the database",
    [
        new ManageAction("sync", "create the database's tables, or bring them to this program's schema", [], async call =>
        {
            await call.StoreAsync();
            return 0;
        }),
        new ManageAction("version", "print the number of the database's schema", [], async call =>
        {
            await call.Output.WriteLineAsync($"{await (await call.StoreAsync()).SchemaAsync(call.Cancel)}");
            return 0;
        }),
    ]);
}
