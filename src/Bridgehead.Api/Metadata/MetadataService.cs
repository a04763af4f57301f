using System.Data.Common;
using System.Net;
using System.Text;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Api;

/// <summary>
/// Tells an instance about itself. Whether an address is still the same instance's, and all that it was told still so, is asked of the store on every request.
/// </summary>
internal sealed partial class MetadataService(Database store, NovaSettings settings, VendorData vendor, ILogger log) : IDisposable
{
    /// <summary>Bytes; nova's limit, kept because guests know it.</summary>
    private const int LargestPassword = 1020;

    private readonly MetadataCache _cache = new(Stamps.Of(store));

    public void Dispose() => _cache.Dispose();

    public async Task RunAsync(HttpContext http)
    {
        try
        {
            await AnswerAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away: there is nobody to answer.
        }
        catch (DbException problem)
        {
            StoreDown(log, problem.Message, problem);
            await PlainAsync(http, 503, "Service Unavailable");
        }

        Answered(log, http.Connection.RemoteIpAddress, http.Request.Method, http.Request.Path, http.Response.StatusCode);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var names = MetadataTree.Split(http.Request.Path.Value ?? "");
        if (MetadataTree.Versions(names) is { } versions)
        {
            await (IsRead(http) ? SendAsync(http, versions) : PlainAsync(http, 405, "Method Not Allowed"));
            return;
        }

        var asker = MetadataAsker.Of(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"], settings);
        if (!asker.Succeeded(out var address, out var problem))
        {
            await PlainAsync(http, Errors.StatusOf(problem.Kind), problem.Message);
            return;
        }

        var isPassword = names is ["openstack", _, OpenStackTree.PasswordName] && OpenStackTree.IsVersion(names[1]);
        await (IsRead(http) ? ReadAsync(http, names, address)
            : isPassword && HttpMethods.IsPost(http.Request.Method) ? SetPasswordAsync(http, address)
            : PlainAsync(http, isPassword ? 400 : 405, isPassword ? "Bad Request" : "Method Not Allowed"));
    }

    private async Task ReadAsync(HttpContext http, IReadOnlyList<string> names, IPAddress address)
    {
        var seen = await _cache.LookAsync(address, () => SubjectAsync(address, http.RequestAborted), http.RequestAborted);
        var document = seen.Find(http.Request.Path.Value ?? "", names);
        await (document is null ? PlainAsync(http, 404, "Not Found") : SendAsync(http, document));
    }

    private Task<MetadataSubject?> SubjectAsync(IPAddress address, CancellationToken cancel) => store.ReadAsync(
        async s => await OwnerAsync(s, address, cancel) is { } instance ? await LoadAsync(s, instance, address, cancel) : null, cancel);

    /// <summary>The one live instance that has the address. Two networks could have the same range; then nobody can tell who asks, and nobody is told anything.</summary>
    private async Task<Instance?> OwnerAsync(Session session, IPAddress address, CancellationToken cancel)
    {
        var owners = await session.Instances.AllByAddressAsync(address, cancel);
        if (owners.Count > 1)
        {
            Ambiguous(log, address, owners.Count);
        }

        return owners.Count == 1 ? owners[0] : null;
    }

    private async Task<MetadataSubject> LoadAsync(Session session, Instance instance, IPAddress address, CancellationToken cancel) => new()
    {
        Details = await session.DetailsAsync(instance, cancel),
        Flavor = await session.Flavors.OfInstanceAsync(instance.Uuid, cancel),
        Password = await session.ServerPasswords.FindAsync(instance.Uuid, cancel),
        Files = await session.InjectedFiles.OfInstanceAsync(instance.Uuid, cancel),
        Asker = address,
        DhcpDomain = settings.DhcpDomain,
        Vendor = vendor,
    };

    private async Task SetPasswordAsync(HttpContext http, IPAddress address)
    {
        if (await BodyAsync(http) is not { } password)
        {
            await PlainAsync(http, 400, $"A password is text of at most {LargestPassword} bytes.");
            return;
        }

        var cancel = http.RequestAborted;
        var set = await store.TryWriteAsync<Done>(
            async s => await OwnerAsync(s, address, cancel) is not { } instance ? Problem.Missing("Not Found")
                : await s.ServerPasswords.SetOnceAsync(instance.Uuid, password, cancel) ? default(Done)
                : Problem.Conflicting("The password is already set."),
            cancel);
        await (set.Problem is { } problem ? PlainAsync(http, Errors.StatusOf(problem.Kind), problem.Message) : PlainAsync(http, 200, ""));
    }

    private static async Task<string?> BodyAsync(HttpContext http)
    {
        var buffer = new byte[LargestPassword + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        var text = length > LargestPassword ? null : Encoding.UTF8.GetString(buffer, 0, length);
        return text?.Contains('\0', StringComparison.Ordinal) == true ? null : text;
    }

    private static bool IsRead(HttpContext http) => HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);

    private static Task PlainAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        return SendAsync(http, MetadataNode.Text(text));
    }

    private static async Task SendAsync(HttpContext http, MetadataNode.Document document)
    {
        http.Response.ContentType = document.ContentType;
        http.Response.ContentLength = document.Content.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(document.Fresh(), http.RequestAborted);
        }
    }

    [LoggerMessage(EventId = 310, Level = LogLevel.Debug, Message = "metadata for {Peer}: {Method} {Path} {Status}")]
    private static partial void Answered(ILogger log, IPAddress? peer, string method, string path, int status);

    [LoggerMessage(EventId = 311, Level = LogLevel.Error, Message = "metadata: the database does not answer: {Reason}")]
    private static partial void StoreDown(ILogger log, string reason, Exception problem);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning, Message = "metadata: {Address} belongs to {Count} instances on networks with overlapping ranges; none is answered")]
    private static partial void Ambiguous(ILogger log, IPAddress address, int count);
}
