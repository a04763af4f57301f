namespace Bridgehead.Netlink;

/// <summary>The socket cannot be used: not opened, not sent to, or it answered what no kernel answers. What it was asked for may or may not have happened; open a new one.</summary>
public sealed class NetlinkException : Exception
{
    public NetlinkException()
    {
    }

    public NetlinkException(string message)
        : base(message)
    {
    }

    public NetlinkException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public NetlinkException(string what, int errno)
        : base($"{what}: {Errno.Describe(errno)}") => Number = errno;

    /// <summary>The error number, or 0.</summary>
    public int Number { get; }
}
