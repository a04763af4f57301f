using System.Text.Json;

namespace Bridgehead.Api;

/// <summary>The operator's own JSON for every instance (vendordata_jsonfile_path), read once at start; an empty object when there is none.</summary>
internal sealed record VendorData(ReadOnlyMemory<byte> Text)
{
    public static readonly VendorData None = new("{}"u8.ToArray());

    public static async Task<VendorData> ReadAsync(string? path, CancellationToken cancel)
    {
        if (path is null)
        {
            return None;
        }

        try
        {
            var text = await File.ReadAllBytesAsync(path, cancel);
            using var document = JsonDocument.Parse(text);
            return new VendorData(text);
        }
        catch (JsonException problem)
        {
            throw new VendorDataException($"vendordata_jsonfile_path: {path} is not JSON: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new VendorDataException($"vendordata_jsonfile_path: {problem.Message}", problem);
        }
    }
}

/// <summary>The vendor data cannot be served; the message says why.</summary>
public sealed class VendorDataException : Exception
{
    public VendorDataException()
    {
    }

    public VendorDataException(string message)
        : base(message)
    {
    }

    public VendorDataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
