namespace Bridgehead.Store;

/// <summary>The folder of images cannot be written to: it is told from a client that broke off.</summary>
public sealed class ImageStoreException : Exception
{
    private const int NoSpace = 28;
    private const int OverQuota = 122;

    public ImageStoreException()
    {
    }

    public ImageStoreException(string message)
        : base(message)
    {
    }

    public ImageStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
        IsFull = innerException is IOException { HResult: NoSpace or OverQuota };
    }

    /// <summary>There is no space left.</summary>
    public bool IsFull { get; }

    internal static ImageStoreException Of(Exception problem) => new(problem.Message, problem);

    internal static bool IsOfFiles(Exception problem) => problem is IOException or UnauthorizedAccessException;
}
