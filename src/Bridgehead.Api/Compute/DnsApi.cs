using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>os-floating-ip-dns: domains for administrators, names of floating addresses for projects.</summary>
internal static class DnsApi
{
    private const string V = "/compute/v2.1/os-floating-ip-dns";
    private const int Last = Microversions.LastProxy;
    private const int LongestName = 253;

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.User, ListAsync, Last)
        .Doc("Lists DNS domains for floating addresses.")
        .Map("PUT", $"{V}/{{domain}}", Access.Admin, PutDomainAsync, Last)
        .Doc("Makes a domain, or changes whose it is.", example: """{"domain_entry":{"scope":"public","project":"p"}}""")
        .Map("DELETE", $"{V}/{{domain}}", Access.Admin, async call =>
            await (await call.Services.Store.WriteAsync(s => s.DnsEntries.RemoveDomainAsync(Domain(call), call.Cancel), call.Cancel)
                ? call.AnswerAsync(202)
                : Errors.WriteAsync(call, 404, $"DNS domain {Domain(call)} could not be found.")), Last)
        .Doc("Removes a domain with its names.", status: 202)
        .Map("GET", $"{V}/{{domain}}/entries", Access.User, call => AtAddressAsync(call, call.Query("ip") ?? ""), Last)
        .Doc("Lists the names of an address.", query: "ip")
        .Map("GET", $"{V}/{{domain}}/entries/{{name}}", Access.User, ShowAsync, Last)
        .Doc("Shows the address of a name, or the names of an address.")
        .Map("PUT", $"{V}/{{domain}}/entries/{{name}}", Access.User, PutAsync, Last)
        .Doc("Gives an address a name, or changes it.", example: """{"dns_entry":{"ip":"1.2.3.4","dns_type":"A"}}""")
        .Map("DELETE", $"{V}/{{domain}}/entries/{{name}}", Access.User, DeleteAsync, Last)
        .Doc("Removes a name.", status: 202);

    /// <summary>One client escapes dots twice.</summary>
    private static string Domain(ApiCall call) => call.Segment("domain").Replace("%2E", ".", StringComparison.OrdinalIgnoreCase).ToLowerInvariant();

    private static async Task ListAsync(ApiCall call)
    {
        var domains = await call.Services.Store.ReadAsync(s => s.DnsEntries.DomainsAsync(call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("domain_entries");
            foreach (var domain in domains.Where(d => IsSeen(call, d)))
            {
                w.WriteStartObject();
                Write(w, domain);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task PutDomainAsync(ApiCall call, JsonBody body)
    {
        var d = body.Object("domain_entry");
        var scope = d.Text("scope");
        d.Only("scope", scope == "private" ? "availability_zone" : "project");
        if (scope is not ("public" or "private") || !IsName(Domain(call)))
        {
            d.Note(IsName(Domain(call)) ? "scope must be public or private." : $"'{Domain(call)}' is not a domain name.");
        }

        foreach (var key in new[] { "project", "availability_zone" })
        {
            if (d.TryText(key) is { } text && Text.CheckName(key, text) is { } bad)
            {
                d.Note(bad.Message);
            }
        }

        var domain = new DnsDomain(Domain(call), scope, d.TryText("project"), d.TryText("availability_zone"));
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        await call.Services.Store.WriteAsync(s => s.DnsEntries.PutDomainAsync(domain, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("domain_entry");
            Write(w, domain);
            w.WriteEndObject();
        });
    }

    private static Task ShowAsync(ApiCall call) => Ip.TryParse(call.Segment("name"), out _) ? AtAddressAsync(call, call.Segment("name")) : WithDomainAsync(call, async () =>
    {
        var entry = await call.Services.Store.ReadAsync(s => s.DnsEntries.FindAsync(Domain(call), call.Segment("name").ToLowerInvariant(), call.Cancel), call.Cancel);
        await (entry is null ? Missing(call) : AnswerAsync(call, entry, type: null));
    });

    private static Task AtAddressAsync(ApiCall call, string text) => WithDomainAsync(call, async () =>
    {
        var entries = Ip.TryParse(text, out var address) ? await call.Services.Store.ReadAsync(s => s.DnsEntries.OfAddressAsync(Domain(call), address, call.Cancel), call.Cancel) : [];
        if (entries.Count == 0)
        {
            await Missing(call);
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("dns_entries");
            foreach (var entry in entries)
            {
                w.WriteStartObject();
                Write(w, entry, null);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    });

    private static Task PutAsync(ApiCall call, JsonBody body) => WithDomainAsync(call, async () =>
    {
        var e = body.Object("dns_entry");
        var (text, type, name) = (e.Text("ip"), e.TryText("dns_type") ?? "A", call.Segment("name").ToLowerInvariant());
        if (!Ip.TryParse(text, out var address) || !address.IsV4())
        {
            e.Note($"'{text}' is not an IPv4 address.");
        }

        if (type != "A" || !IsName(name))
        {
            e.Note(type == "A" ? $"'{name}' is not a host name." : "Only entries of type A are available.");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var entry = new DnsEntry(Domain(call), name, address);
        await call.Services.Store.WriteAsync(s => s.DnsEntries.PutAsync(entry, call.Cancel), call.Cancel);
        await AnswerAsync(call, entry, type);
    });

    private static Task DeleteAsync(ApiCall call) => WithDomainAsync(call, async () =>
        await (await call.Services.Store.WriteAsync(s => s.DnsEntries.RemoveAsync(Domain(call), call.Segment("name").ToLowerInvariant(), call.Cancel), call.Cancel)
            ? call.AnswerAsync(202)
            : Missing(call)));

    /// <summary>A domain given to a project is that project's alone.</summary>
    private static async Task WithDomainAsync(ApiCall call, Func<Task> work)
    {
        var domain = await call.Services.Store.ReadAsync(s => s.DnsEntries.DomainAsync(Domain(call), call.Cancel), call.Cancel);
        await (domain is not null && IsSeen(call, domain) ? work() : Errors.WriteAsync(call, 404, $"DNS domain {Domain(call)} could not be found."));
    }

    private static bool IsSeen(ApiCall call, DnsDomain domain) => call.Caller.IsAdmin || domain.ProjectId is null || domain.ProjectId == call.Caller.ProjectId;

    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && text.Split('.').All(label => label.Length is > 0 and <= 63);

    private static Task Missing(ApiCall call) => Errors.WriteAsync(call, 404, $"No DNS entries in {Domain(call)} match.");

    private static Task AnswerAsync(ApiCall call, DnsEntry entry, string? type) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("dns_entry");
        Write(w, entry, type);
        w.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter w, DnsDomain d)
    {
        w.WriteString("domain", d.Domain);
        w.WriteString("scope", d.Scope);
        w.WriteString("project", d.ProjectId);
        w.WriteString("availability_zone", d.AvailabilityZone);
    }

    private static void Write(Utf8JsonWriter w, DnsEntry e, string? type)
    {
        w.WriteString("ip", $"{e.Address}");
        w.WriteString("name", e.Name);
        w.WriteString("domain", e.Domain);
        w.WriteNull("id");
        w.WriteString("type", type);
    }
}
