using System.Data.Common;

namespace Bridgehead.Store;

/// <summary>The database is there, but was not to be had in time.</summary>
public sealed class StoreBusyException : DbException
{
    public StoreBusyException()
    {
    }

    public StoreBusyException(string message)
        : base(message)
    {
    }

    public StoreBusyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
