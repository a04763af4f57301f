using System.Runtime.InteropServices;

namespace Bridgehead.Netlink;

/// <summary>Names of interfaces, by the numbers that notifications give them.</summary>
public static unsafe class InterfaceName
{
    private const int Size = 16;

    /// <summary>In the caller's network namespace; null for 0 and where there is none with this number, or none any more.</summary>
    public static string? Of(int number)
    {
        var name = stackalloc byte[Size];
        return number > 0 && LibC.InterfaceName((uint)number, name) != 0 ? Marshal.PtrToStringUTF8((nint)name) : null;
    }
}
