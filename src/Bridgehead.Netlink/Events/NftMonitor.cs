using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bridgehead.Netlink;

/// <summary>What to listen to.</summary>
[Flags]
public enum MonitorGroups
{
    None = 0,

    /// <summary>Changes and generations.</summary>
    Changes = 1,

    /// <summary>Packets under trace.</summary>
    Traces = 2,
}

/// <summary>How a wait ended.</summary>
/// <param name="Heard">Events that were handed over.</param>
/// <param name="Lost">The kernel dropped some, since they were not taken in time: look for yourself.</param>
public readonly record struct MonitorResult(int Heard, bool Lost);

/// <summary>
/// Listens to nf_tables of the network namespace of the thread that opens it, from its opening on. It has no thread: whoever calls <see cref="Wait"/> lends its own. Only
/// <see cref="Wake"/> may be called by another one meanwhile.
/// </summary>
public sealed unsafe class NftMonitor : IDisposable
{
    private const int ChangesGroup = 7;
    private const int TracesGroup = 9;
    private const int EventFdNonBlocking = 0x800;
    private const int EventFdCloseOnExec = 0x80000;

    /// <summary>So that a flood of events does not keep the caller from its other duties.</summary>
    private const int ReceivesAtOnce = 64;

    private readonly NetlinkSocket _socket;
    private readonly SafeFileHandle _wake;

    /// <param name="receiveBuffer">Bytes of notifications that may wait before some are lost.</param>
    public NftMonitor(MonitorGroups groups, int receiveBuffer = 16 << 20)
    {
        _socket = new NetlinkSocket(receiveBuffer);
        _wake = new SafeFileHandle(LibC.EventFd(0, EventFdNonBlocking | EventFdCloseOnExec), ownsHandle: true);
        if (_wake.IsInvalid)
        {
            _socket.Dispose();
            throw new NetlinkException("open an eventfd", Marshal.GetLastPInvokeError());
        }

        try
        {
            if (groups.HasFlag(MonitorGroups.Changes))
            {
                _socket.Join(ChangesGroup);
            }

            if (groups.HasFlag(MonitorGroups.Traces))
            {
                _socket.Join(TracesGroup);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Changes that this socket commits are not handed over: <see cref="Nftables.PortId"/>. 0 is none.</summary>
    public uint Except { get; set; }

    /// <summary>Waits until something is heard or lost, the time is over, or <see cref="Wake"/>; hands over what there is.</summary>
    public MonitorResult Wait(TimeSpan timeout, Action<NftEvent> handle)
    {
        var items = stackalloc LibC.PollItem[2];
        items[0] = new LibC.PollItem { File = _socket.File, Events = LibC.PollIn };
        items[1] = new LibC.PollItem { File = (int)_wake.DangerousGetHandle(), Events = LibC.PollIn };
        if (LibC.Poll(items, 2, (int)Math.Clamp(timeout.TotalMilliseconds, -1, int.MaxValue)) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno == Errno.Interrupted ? default : throw new NetlinkException("wait for notifications", errno);
        }

        if (items[1].Happened != 0)
        {
            ulong times;
            _ = LibC.Read(items[1].File, (byte*)&times, sizeof(ulong));
        }

        return items[0].Happened == 0 ? default : Take(handle);
    }

    /// <summary>Ends a wait, the present one or the next. Any thread may call it.</summary>
    public void Wake()
    {
        var one = 1ul;
        _ = LibC.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _wake.Dispose();
    }

    private MonitorResult Take(Action<NftEvent> handle)
    {
        var result = default(MonitorResult);
        for (var i = 0; i < ReceivesAtOnce; i++)
        {
            var received = _socket.Receive(out var lost);
            result = result with { Lost = result.Lost || lost };
            if (received.IsEmpty)
            {
                break;
            }

            var reader = new MessageReader(received);
            while (reader.Next(out var message))
            {
                if ((Except == 0 || message.PortId != Except) && EventDecoder.Read(message) is { } heard)
                {
                    handle(heard);
                    result = result with { Heard = result.Heard + 1 };
                }
            }
        }

        return result;
    }
}
