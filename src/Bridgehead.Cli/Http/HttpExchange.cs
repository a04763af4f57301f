using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>One answer of a server.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, JsonElement Body, string? RequestId);

/// <summary>Sends one request after another over one connection pool, and tells them to the debug log.</summary>
internal sealed class HttpExchange(HttpClient client, DebugLog? log)
{
    public async Task<Answer> SendAsync(HttpMethod method, string url, byte[]? body, IEnumerable<(string Name, string Value)> headers)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new CommandException($"'{url}' is not an address of a web service.");
        }

        using var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "bridgehead-nova");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        log?.Request(request, body);
        return await SendAsync(request);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        try
        {
            using var response = await client.SendAsync(request);
            var bytes = await response.Content.ReadAsByteArrayAsync();
            log?.Response(response, bytes);
            var id = response.Headers.TryGetValues("x-openstack-request-id", out var ids) || response.Headers.TryGetValues("x-compute-request-id", out ids) ? ids.First() : null;
            var answer = new Answer((int)response.StatusCode, response.Headers, Parse(bytes), id);
            return response.IsSuccessStatusCode || (int)response.StatusCode == 300 ? answer : throw new ApiException(answer.Status, Reason(answer, response, bytes), id);
        }
        catch (HttpRequestException problem)
        {
            throw new CommandException($"Unable to establish connection to {request.RequestUri}: {Cause(problem)}", "ConnectFailure");
        }
        catch (OperationCanceledException)
        {
            throw new CommandException($"Request to {request.RequestUri} timed out.", "ConnectTimeout");
        }
    }

    private static JsonElement Parse(byte[] bytes)
    {
        try
        {
            return bytes.Length == 0 ? default : JsonDocument.Parse(bytes).RootElement;
        }
        catch (JsonException)
        {
            // A proxy's page instead of the service's answer; the status still tells.
            return default;
        }
    }

    /// <summary>Compute wraps its message in a fault named after the status, identity in "error".</summary>
    private static string Reason(Answer answer, HttpResponseMessage response, byte[] bytes)
    {
        var told = answer.Body.Members().Select(member => member.Value.Text("message")).FirstOrDefault(message => message is not null) ?? answer.Body.Text("message");
        var page = bytes.Length is > 0 and < 200 && answer.Body.ValueKind == JsonValueKind.Undefined ? Encoding.UTF8.GetString(bytes).Trim() : null;
        return told ?? page ?? response.ReasonPhrase ?? "The server gave no reason.";
    }

    private static string Cause(HttpRequestException problem) => problem.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused.",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => "the host's name is not known.",
        { } inner => inner.Message,
        null => problem.Message,
    };
}
