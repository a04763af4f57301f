using Bridgehead.Model;

namespace Bridgehead.Control;

/// <summary>Who a token stands for: asked of this program's own identity service, or of a Keystone.</summary>
public interface ITokenReader
{
    /// <summary>The Keystone that is used instead of the own identity service; null when there is none.</summary>
    string? Elsewhere { get; }

    /// <summary>Null when the token is unknown, expired or revoked; a problem when that could not be found out.</summary>
    Task<Outcome<Login?>> ReadAsync(string token, CancellationToken cancel);
}
