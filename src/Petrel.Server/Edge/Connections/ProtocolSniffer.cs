using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Petrel.Server.Settings;

namespace Petrel.Server.Edge;

/// <summary>1 accept: looks at a connection's first bytes, without taking them, and hands it to the endpoint of its protocol.</summary>
internal sealed class ProtocolSniffer(EdgeFeeds feeds, PetrelOptions options, TimeProvider time, ILogger<ProtocolSniffer> logger)
{
    private const byte TlsHandshake = 0x16;

    /// <summary>Enough of HTTP/2's preface to know it: no method of HTTP/1 begins so.</summary>
    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0"u8;

    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate http1)
    {
        var kind = await RecogniseAsync(connection);
        var feed = kind switch
        {
            ConnectionKind.Http2 => feeds.Http2,
            ConnectionKind.Tls when feeds.HasTls => feeds.Tls,
            _ => null,
        };
        if (kind == ConnectionKind.Silent)
        {
            return;
        }

        if (feed is null)
        {
            await http1(connection);
            return;
        }

        var lent = new LentConnection(connection);
        if (feed.TryOffer(lent))
        {
            await lent.Finished;
        }
    }

    private async ValueTask<ConnectionKind> RecogniseAsync(ConnectionContext connection)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.Edge.HeaderTimeoutSeconds), time);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(patience.Token);
                var kind = Recognise(result.Buffer);
                input.AdvanceTo(result.Buffer.Start, kind is null ? result.Buffer.End : result.Buffer.Start);
                if (kind is { } known)
                {
                    return known;
                }

                if (result.IsCompleted)
                {
                    return ConnectionKind.Silent;
                }
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            logger.ConnectionUnread(gone);
            return ConnectionKind.Silent;
        }
    }

    /// <summary>Null while the bytes could still become either.</summary>
    private static ConnectionKind? Recognise(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        if (bytes.FirstSpan[0] == TlsHandshake)
        {
            return ConnectionKind.Tls;
        }

        Span<byte> first = stackalloc byte[Http2Preface.Length];
        var length = (int)Math.Min(bytes.Length, first.Length);
        bytes.Slice(0, length).CopyTo(first);
        if (!Http2Preface.StartsWith(first[..length]))
        {
            return ConnectionKind.Http1;
        }

        return length == Http2Preface.Length ? ConnectionKind.Http2 : null;
    }

    private enum ConnectionKind
    {
        Silent,
        Http1,
        Http2,
        Tls,
    }
}
