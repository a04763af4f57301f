namespace Bridgehead.Store;

/// <summary>What a store forgets by and by.</summary>
public static class Housekeeping
{
    /// <summary>
    /// Forgets changes from before <paramref name="changesBefore"/> and tokens that have expired. A feed that had not read such a change yet learns from the feed's floor that it missed some.
    /// </summary>
    public static async Task ForgetAsync(this Session session, DateTimeOffset changesBefore, CancellationToken cancel)
    {
        var number = session.Sql.Postgres ? "tx::text::bigint" : "tx";
        await session.Sql.ExecuteAsync(
            $"update feed set floor = coalesce((select max({number}) from change where at < @before and {number} > floor), floor)", cancel, ("before", changesBefore));
        await session.Sql.ExecuteAsync("delete from change where at < @before", cancel, ("before", changesBefore));
        await session.Tokens.SweepAsync(cancel);
    }
}
