namespace Bridgehead.Model;

/// <summary>A file that a user put into a server at boot.</summary>
/// <param name="Path">Where the server finds it, as the user wrote it.</param>
public sealed record InjectedFile(string Path, ReadOnlyMemory<byte> Content);
