using System.Buffers;
using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bridgehead.Api;

/// <summary>One request with its caller, and the ways to answer it.</summary>
internal sealed class ApiCall(HttpContext http, ApiServices services)
{
    /// <summary>Larger bodies answer 413. User data and keys fit many times over.</summary>
    public const int LargestBody = 1024 * 1024;

    public HttpContext Http => http;

    public ApiServices Services => services;

    /// <summary>Tells this request from others in answers and in the log.</summary>
    public string RequestId { get; } = $"req-{Guid.NewGuid():D}";

    /// <summary>The id that the client's own request has, by which services' logs are joined; null when it sent none, or not <c>req-UUID</c>.</summary>
    public string? GlobalId { get; } =
        http.Request.Headers["X-Openstack-Request-Id"].ToString() is ['r', 'e', 'q', '-', .. var uuid] && Guid.TryParseExact(uuid, "D", out _) ? $"req-{uuid}" : null;

    public CancellationToken Cancel => http.RequestAborted;

    /// <summary>Set once the token was accepted.</summary>
    public Login? Login { get; set; }

    public Caller Caller => Login!.Caller with { RequestId = RequestId };

    /// <summary>Compute's 2.N.</summary>
    public int Microversion { get; set; } = 1;

    /// <summary>Scheme and host as the client wrote them.</summary>
    public string Root => $"{http.Request.Scheme}://{http.Request.Host}";

    public string Segment(string name) => http.Request.RouteValues[name] as string ?? "";

    public string? Query(string name) => http.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    /// <summary>Whether there is a body, of known length or in chunks.</summary>
    public bool HasBody => http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    /// <summary>Whether the client says that the body is something else than JSON. Saying nothing is all right.</summary>
    public bool HasForeignBody => HasBody && http.Request.ContentType is { Length: > 0 } type && !type.Contains("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The limit of this request's time; see <see cref="TakeTime"/>.</summary>
    public CancellationTokenSource? Timer { get; init; }

    /// <summary>For content of any size: the request may last as long as bytes come or go (Kestrel's least rates end it when they do not).</summary>
    public void TakeTime() => Timer?.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>The body as a JSON object.</summary>
    public async Task<Outcome<JsonBody>> BodyAsync() => (await BytesAsync()).Succeeded(out var bytes, out var problem) ? JsonBody.Parse(bytes) : problem;

    /// <summary>The whole body.</summary>
    public async Task<Outcome<ReadOnlyMemory<byte>>> BytesAsync()
    {
        if (http.Request.ContentLength > LargestBody)
        {
            return new Problem(ProblemKind.TooLarge, $"Request body is larger than {LargestBody} bytes.");
        }

        using var memory = new MemoryStream();
        var buffer = new byte[16384];
        for (var read = await http.Request.Body.ReadAsync(buffer, Cancel); read > 0; read = await http.Request.Body.ReadAsync(buffer, Cancel))
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > LargestBody)
            {
                return new Problem(ProblemKind.TooLarge, $"Request body is larger than {LargestBody} bytes.");
            }
        }

        return (ReadOnlyMemory<byte>)memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }

    public async Task AnswerAsync(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(buffer.WrittenMemory, Cancel);
        }
    }

    public async Task AnswerAsync(int status, string type, ReadOnlyMemory<byte> content)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        await http.Response.Body.WriteAsync(content, Cancel);
    }

    public Task AnswerAsync(int status)
    {
        http.Response.StatusCode = status;
        if (status is not 204)
        {
            http.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    public Task RefuseAsync(Problem problem) => Errors.WriteAsync(this, problem);

    /// <summary>Answers without a body when it went well.</summary>
    public Task DoneAsync<T>(Outcome<T> outcome, int status) => outcome.Problem is { } problem ? RefuseAsync(problem) : AnswerAsync(status);
}

/// <summary>What handlers work with.</summary>
internal sealed record ApiServices(Bridgehead.Store.Database Store, NovaSettings Settings, KeystoneTokens? Keystone)
{
    public IdentityServices Identity { get; } = new(Store, Settings);

    /// <summary>Who says whose a token is: the Keystone, where one is used.</summary>
    public ITokenReader Tokens => Keystone as ITokenReader ?? Identity.Authentication;

    public BootServer Boot { get; } = new(Store, Settings);

    public ServerActions Servers { get; } = new(Store, Settings);

    public ServerStates ServerStates { get; } = new(Store);

    public ServerRebuild Rebuild { get; } = new(Store, Settings);

    public ServerResize Resize { get; } = new(Store, Settings);

    public ServerTexts ServerTexts { get; } = new(Store, Settings);

    public ServerGroupActions ServerGroups { get; } = new(Store, Settings);

    public CreateNetwork CreateNetwork { get; } = new(Store, Settings);

    public NetworkActions Networks { get; } = new(Store);

    public FloatingIpActions FloatingIps { get; } = new(Store, Settings);

    public SecurityGroupActions SecurityGroups { get; } = new(Store, Settings);

    public KeyPairActions KeyPairs { get; } = new(Store, Settings);

    public ImageFiles ImageFiles { get; } = new(Settings);

    public ImageActions Images => new(Store, ImageFiles);

    public ImageMemberActions ImageMembers { get; } = new(Store);

    public ImageData ImageData => new(Store, Settings, ImageFiles);

    public SnapshotServer Snapshots { get; } = new(Store, Settings);

    public FlavorActions Flavors { get; } = new(Store);

    public QuotaActions Quotas { get; } = new(Store, Settings);

    public AggregateActions Aggregates { get; } = new(Store);

    public DaemonActions Daemons { get; } = new(Store);
}
