using System.Text;

namespace Bridgehead.Cli;

/// <summary>What the client takes from the world around it, so that a test can be that world.</summary>
public sealed record NovaSurroundings
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public required Func<string, string?> Environment { get; init; }

    /// <summary>Carries the requests; none means the network.</summary>
    public HttpMessageHandler? Handler { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Func<string, byte[]> ReadFile { get; init; } = File.ReadAllBytes;

    /// <summary>Writes a new file that only its owner may read.</summary>
    public Action<string, string> WriteNewFile { get; init; } = WriteSecret;

    /// <summary>Asks for a password; null when there is nobody to ask.</summary>
    public Func<string?> AskPassword { get; init; } = () => null;

    private static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using var writer = new StreamWriter(path, new UTF8Encoding(false), options);
        writer.Write(text);
    }
}
