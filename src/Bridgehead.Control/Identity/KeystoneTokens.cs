using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>
/// Asks a Keystone about tokens, with an account of this service's own whose token is renewed in time. Answers about good tokens are believed for a short while; what could not be asked is a problem
/// (503), never a refusal.
/// </summary>
public sealed class KeystoneTokens : ITokenReader, IDisposable
{
    private const int MostRemembered = 10_000;
    private const int LargestAnswer = 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private readonly KeystoneSettings _settings;
    private readonly TimeProvider _clock;
    private readonly Action<Exception>? _failed;
    private readonly HttpClient _http;
    private readonly KeystoneAccount _account;
    private readonly string _tokens;
    private readonly ConcurrentDictionary<string, (Login Login, DateTimeOffset Until)> _remembered = new(StringComparer.Ordinal);

    /// <param name="failed">Hears why the Keystone could not be asked; the client is told only that.</param>
    public KeystoneTokens(KeystoneSettings settings, TimeProvider clock, Action<Exception>? failed = null)
    {
        (_settings, _clock, _failed) = (settings, clock, failed);

        // Redirections are not followed: the password and tokens go to the address that the operator gave.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = Longest, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        _http = new HttpClient(handler) { Timeout = Longest, MaxResponseContentBufferSize = LargestAnswer };
        var root = settings.AuthUrl!.TrimEnd('/');
        _tokens = $"{(root.EndsWith("/v3", StringComparison.Ordinal) ? root : root + "/v3")}/auth/tokens?nocatalog";
        _account = new KeystoneAccount(settings, _http, _tokens, clock);
    }

    public string Elsewhere => _settings.WwwAuthenticateUri ?? _settings.AuthUrl!;

    public async Task<Outcome<Login?>> ReadAsync(string token, CancellationToken cancel)
    {
        // Nothing that a Keystone makes has other characters, and no header carries them.
        if (!token.All(c => c is > ' ' and < (char)127))
        {
            return (Login?)null;
        }

        var key = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        var now = _clock.GetUtcNow();
        if (_remembered.TryGetValue(key, out var remembered) && remembered.Until > now && remembered.Login.ExpiresAt > now)
        {
            return remembered.Login;
        }

        var asked = await AskAsync(token, cancel);
        if (asked is { Problem: null, Value: { } login })
        {
            Remember(key, login, now);
        }
        else
        {
            _remembered.TryRemove(key, out _);
        }

        return asked;
    }

    public void Dispose()
    {
        _account.Dispose();
        _http.Dispose();
    }

    private void Remember(string key, Login login, DateTimeOffset now)
    {
        if (_settings.TokenCacheTime == 0)
        {
            return;
        }

        if (_remembered.Count >= MostRemembered)
        {
            _remembered.Clear();
        }

        _remembered[key] = (login, now + TimeSpan.FromSeconds(_settings.TokenCacheTime));
    }

    private async Task<Outcome<Login?>> AskAsync(string token, CancellationToken cancel)
    {
        try
        {
            // A second time when the Keystone no longer knows our own token, as after its database was restored.
            var own = await _account.TokenAsync(refused: null, cancel);
            return await AskAsync(token, own, cancel) ?? await AskAsync(token, await _account.TokenAsync(own, cancel), cancel) ?? Failed("refuses this service's own token");
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            || (problem is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            _failed?.Invoke(problem);
            return Failed(problem switch
            {
                HttpRequestException { StatusCode: { } code } => $"answers {(int)code} to this service's own log-in",
                HttpRequestException or OperationCanceledException => "does not answer",
                _ => "gives an answer that is none",
            });
        }
    }

    /// <summary>Null when our own token was refused.</summary>
    private async Task<Outcome<Login?>?> AskAsync(string token, string? own, CancellationToken cancel)
    {
        if (own is null)
        {
            return Failed("refuses this service's own account: correct [keystone_authtoken]");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, _tokens);
        request.Headers.TryAddWithoutValidation("X-Auth-Token", own);
        request.Headers.TryAddWithoutValidation("X-Subject-Token", token);
        using var answer = await _http.SendAsync(request, cancel);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => KeystoneAnswer.Read(await answer.Content.ReadAsByteArrayAsync(cancel)),
            HttpStatusCode.NotFound => (Login?)null,
            HttpStatusCode.Unauthorized => null,
            var other => Failed($"answers {(int)other}"),
        };
    }

    private Problem Failed(string what) => new(ProblemKind.Unavailable, $"The identity service at {Elsewhere} {what}; try again.");
}
