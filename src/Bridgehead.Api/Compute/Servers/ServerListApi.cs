using System.Globalization;
using System.Text.RegularExpressions;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.AspNetCore.Http;

namespace Bridgehead.Api;

/// <summary>Lists of servers: filtered, sorted, in pages.</summary>
internal static class ServerListApi
{
    private const string Base = "/compute/v2.1/servers";
    private const int MostPerPage = 1000;

    public static void Map(Routes routes) => routes
        .Map("GET", Base, Access.User, call => ListAsync(call, detail: false))
        .Doc("Lists servers with their names.", query: ServerQuery.Known)
        .Map("GET", $"{Base}/detail", Access.User, call => ListAsync(call, detail: true))
        .Doc("Lists servers with everything about them.", query: ServerQuery.Known);

    private static async Task ListAsync(ApiCall call, bool detail)
    {
        if (!ServerQuery.Read(call).Succeeded(out var filter, out var problem) || !ServerSort.Read(call).Succeeded(out var order, out problem)
            || !Limit(call).Succeeded(out var limit, out problem))
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
            if (limit > 0 && page.Count == limit)
            {
                w.WriteStartArray("servers_links");
                Views.Link(w, "next", Next(call, page[^1].Instance.Uuid));
                w.WriteEndArray();
            }
        });
    }

    /// <summary>The same question with another marker.</summary>
    private static string Next(ApiCall call, Guid marker)
    {
        var query = QueryString.Create(call.Http.Request.Query.Where(pair => pair.Key != "marker").Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))
            .Add("marker", marker.ToString("D"));
        return $"{call.Root}{call.Http.Request.Path}{query}";
    }

    private static Outcome<int> Limit(ApiCall call)
    {
        if (call.Query("limit") is not { } text)
        {
            return MostPerPage;
        }

        // A number that is too large for us is larger than the largest page, too.
        return text.Length > 0 && text.All(char.IsAsciiDigit)
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? Math.Min(limit, MostPerPage) : MostPerPage
            : Problem.Bad($"limit param must be a non-negative integer: {text}");
    }
}
