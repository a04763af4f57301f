using System.Text.RegularExpressions;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Lists of servers: filtered, sorted, in pages.</summary>
internal static class ServerListApi
{
    private const string Base = "/compute/v2.1/servers";

    public static void Map(Routes routes) => routes
        .Map("GET", Base, Access.User, call => ListAsync(call, detail: false))
        .Doc("Lists servers with their names.", query: ServerQuery.Known)
        .Map("GET", $"{Base}/detail", Access.User, call => ListAsync(call, detail: true))
        .Doc("Lists servers with everything about them.", query: ServerQuery.Known);

    private static async Task ListAsync(ApiCall call, bool detail)
    {
        if (!ServerQuery.Read(call).Succeeded(out var filter, out var problem) || !ServerSort.Read(call).Succeeded(out var order, out problem)
            || !Paging.Limit(call).Succeeded(out var limit, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        try
        {
            var page = await call.Services.Store.ReadAsync(s => PageAsync(s, call, (filter, order, limit), detail), call.Cancel);
            await (page.Succeeded(out var servers, out problem) ? AnswerAsync(call, servers, limit, detail) : call.RefuseAsync(problem));
        }
        catch (RegexMatchTimeoutException)
        {
            await Errors.WriteAsync(call, 400, "The pattern takes too long to look for; use a simpler one.");
        }
    }

    /// <summary>Up to the limit of servers behind the marker. In a list with names only, nothing is read that hangs on them.</summary>
    private static async Task<Outcome<List<InstanceDetails>>> PageAsync(Session s, ApiCall call, (InstanceFilter Filter, InstanceOrder Order, int Limit) list, bool detail)
    {
        Instance? after = null;
        if (call.Query("marker") is { } marker)
        {
            after = Guid.TryParseExact(marker, "D", out var uuid) ? await s.Instances.FindAnyAsync(uuid, call.Cancel) : null;
            if (after is null || (after.ProjectId != call.Caller.ProjectId && !call.Caller.IsAdmin))
            {
                return Problem.Bad($"marker [{marker}] not found");
            }
        }

        var found = await s.Instances.ListAsync(list.Filter, after, list.Limit, call.Cancel, list.Order);
        return detail ? await s.DetailsAsync(found, call.Cancel) : found.ConvertAll(i => new InstanceDetails(i, [], [], new Dictionary<string, string>(), []));
    }

    private static async Task AnswerAsync(ApiCall call, List<InstanceDetails> page, int limit, bool detail)
    {
        var view = await ServerView.ForAsync(call);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("servers");
            foreach (var details in page)
            {
                w.WriteStartObject();
                if (detail)
                {
                    view.Full(w, details);
                }
                else
                {
                    view.Brief(w, details.Instance);
                }

                w.WriteEndObject();
            }

            w.WriteEndArray();
            Paging.Next(w, call, "servers_links", (page, limit), server => $"{server.Instance.Uuid}");
        });
    }
}
