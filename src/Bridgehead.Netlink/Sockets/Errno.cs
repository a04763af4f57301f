namespace Bridgehead.Netlink;

/// <summary>Error numbers of Linux, and what nf_tables means by them.</summary>
public static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int Invalid = 22;
    public const int SetFull = 23;
    public const int TooManyFiles = 24;
    public const int NoSpace = 28;
    public const int TooManyLinks = 31;
    public const int Range = 34;
    public const int NameTooLong = 36;
    public const int Loop = 40;

    /// <summary>ERESTART: the generation that a batch named is not the current one.</summary>
    public const int Restart = 85;
    public const int MessageTooLong = 90;
    public const int NotSupported = 95;
    public const int NoBuffers = 105;

    private static readonly Dictionary<int, (string Name, string Meaning)> Known = new()
    {
        [NotPermitted] = ("EPERM", "not permitted"),
        [NoEntry] = ("ENOENT", "no such table, chain, set, element or rule, or the kernel lacks the expression"),
        [Interrupted] = ("EINTR", "interrupted"),
        [TryAgain] = ("EAGAIN", "try again"),
        [NoMemory] = ("ENOMEM", "out of memory"),
        [Busy] = ("EBUSY", "still in use"),
        [Exists] = ("EEXIST", "exists already, and is different"),
        [Invalid] = ("EINVAL", "refused as invalid"),
        [SetFull] = ("ENFILE", "the set is full"),
        [TooManyFiles] = ("EMFILE", "used too often"),
        [NoSpace] = ("ENOSPC", "no space"),
        [TooManyLinks] = ("EMLINK", "too many jumps one after the other"),
        [Range] = ("ERANGE", "out of range"),
        [NameTooLong] = ("ENAMETOOLONG", "the name is too long"),
        [Loop] = ("ELOOP", "the chains jump in a circle"),
        [Restart] = ("ERESTART", "somebody else committed in between"),
        [MessageTooLong] = ("EMSGSIZE", "larger than the socket's send buffer may be"),
        [NotSupported] = ("EOPNOTSUPP", "this kernel does not support it here"),
        [NoBuffers] = ("ENOBUFS", "messages were lost"),
    };

    /// <summary>As in "EBUSY, still in use".</summary>
    public static string Describe(int errno) => Known.TryGetValue(errno, out var known) ? $"{known.Name}, {known.Meaning}" : $"errno {errno}";
}
