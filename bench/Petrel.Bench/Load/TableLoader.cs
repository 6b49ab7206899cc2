using System.Net.Sockets;
using System.Text;

namespace Petrel.Bench.Load;

/// <summary>Fills tables with <c>BatchWriteItem</c> over several kept connections, each batch signed when it is sent.</summary>
internal sealed class TableLoader(Uri endpoint)
{
    private const int BatchItems = 25;
    private const int Connections = 6;
    private const int SignatureLife = 20_000;

    /// <param name="item">The JSON of the item of a number.</param>
    /// <param name="progress">Is told how many are written.</param>
    public async Task LoadAsync(string table, int count, Func<int, string> item, CancellationToken cancellationToken, Action<int>? progress = null)
    {
        var next = 0;
        var written = 0;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var connection = new RawConnection(endpoint);
                var requests = new SignedRequests(endpoint);
                for (var batches = 1; ; batches++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var first = Interlocked.Add(ref next, BatchItems) - BatchItems;
                    if (first >= count)
                    {
                        return;
                    }

                    var size = Math.Min(BatchItems, count - first);
                    connection.Send(requests.Create("BatchWriteItem", Body(table, first, size, item)));
                    progress?.Invoke(Interlocked.Add(ref written, size));
                    if (batches % SignatureLife == 0)
                    {
                        requests = new SignedRequests(endpoint);
                    }
                }
            },
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    private static string Body(string table, int first, int size, Func<int, string> item)
    {
        var body = new StringBuilder("{\"RequestItems\":{\"").Append(table).Append("\":[");
        for (var i = first; i < first + size; i++)
        {
            body.Append(i == first ? "" : ",").Append("{\"PutRequest\":{\"Item\":").Append(item(i)).Append("}}");
        }

        return body.Append("]}}").ToString();
    }

    /// <summary>Sends requests one after another and reads whole answers.</summary>
    private sealed class RawConnection : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _buffer = new byte[1 << 16];

        public RawConnection(Uri endpoint) => _socket.Connect(endpoint.Host, endpoint.Port);

        public void Dispose() => _socket.Dispose();

        /// <summary>Anything but success with no item left over is an error.</summary>
        public void Send(byte[] request)
        {
            _socket.Send(request);
            var have = 0;
            string text;
            do
            {
                var count = _socket.Receive(_buffer, have, _buffer.Length - have, SocketFlags.None);
                have += count > 0 ? count : throw new InvalidOperationException("The server closed the connection.");
                text = Encoding.ASCII.GetString(_buffer, 0, have);
            }
            while (!IsWhole(text));
            if (!text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || !text.Contains("\"UnprocessedItems\":{}", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"A batch was answered: {text}");
            }
        }

        private static bool IsWhole(string text)
        {
            const string length = "content-length:";
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var field = end < 0 ? -1 : text.IndexOf(length, 0, end, StringComparison.OrdinalIgnoreCase);
            return end >= 0 && (field < 0
                ? text.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
                : text.Length >= end + 4 + int.Parse(text.AsSpan(field + length.Length, text.IndexOf('\r', field) - field - length.Length)));
        }
    }
}
