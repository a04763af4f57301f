using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bridgehead.Api;

/// <summary>The server cannot listen; the message is one sentence that names the setting.</summary>
public sealed class ListenException : Exception
{
    public ListenException()
    {
    }

    public ListenException(string message)
        : base(message)
    {
    }

    public ListenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Which listener a connection came in by; a feature of every connection.</summary>
/// <param name="Tls">Null for a listener without TLS.</param>
internal sealed record Face(string AddressSetting, string PortSetting, IPEndPoint Wanted, Certificates? Tls = null)
{
    /// <summary>Where it listens, once it does.</summary>
    public IPEndPoint? Bound { get; set; }
}

/// <summary>Binds the sockets of the listeners, and says in the operator's words why one cannot be bound.</summary>
internal static class Listeners
{
    public static void Add(KestrelServerOptions kestrel, Face face) => kestrel.Listen(face.Wanted, listen =>
    {
        // Nobody speaks HTTP/2 without TLS to nova.
        listen.Protocols = face.Tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
        listen.Use(next => connection =>
        {
            connection.Features.Set(face);
            return next(connection);
        });
        if (face.Tls is { } tls)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.Options()), HandshakeTimeout = TimeSpan.FromSeconds(10) });
        }
    });

    /// <summary>Listeners are bound in the order in which they were added.</summary>
    public static void Bind(SocketTransportOptions transport, IReadOnlyList<Face> faces)
    {
        var next = 0;
        transport.CreateBoundListenSocket = endpoint =>
        {
            var face = faces[next++];
            try
            {
                var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
                face.Bound = (IPEndPoint)socket.LocalEndPoint!;
                return socket;
            }
            catch (SocketException problem)
            {
                throw new ListenException(Sentence(face, problem), problem);
            }
        };
    }

    private static string Sentence(Face face, SocketException problem) => problem.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"{face.Wanted} is in use by another program: set {face.PortSetting} to another port, or stop that program.",
        SocketError.AddressNotAvailable => $"{face.Wanted.Address} is not an address of this host: set {face.AddressSetting} to one that is.",
        SocketError.AccessDenied => $"This user may not listen on port {face.Wanted.Port}: set {face.PortSetting} to a port from 1024 on.",
        _ => $"Cannot listen on {face.Wanted} ({face.AddressSetting}, {face.PortSetting}): {problem.Message}",
    };
}
