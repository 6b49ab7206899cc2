namespace Petrel.Functions.Runtimes.Http;

/// <summary>An event as an HTTP request of the platform's own.</summary>
internal static class EventRequest
{
    private const int UsualHeadBytes = 1 << 10;

    public static ReadOnlyMemory<byte> Write(FunctionSpec function, WorkerCall call, string path)
    {
        var cloudEvent = CloudEvent.Of(function, call.Invocation);
        return Post(path, cloudEvent.Data, cloudEvent.DataContentType, (ref RequestWriter writer) =>
        {
            ForwardedRequest.WriteInvocation(ref writer, call);
            foreach (var (name, value) in cloudEvent.Attributes)
            {
                writer.Header("ce-" + name, CloudEvent.Encode(value));
            }
        });
    }

    /// <summary>A POST with a body that is there whole.</summary>
    public static ReadOnlyMemory<byte> Post(string path, ReadOnlyMemory<byte> body, string contentType, WriteHeaders? more = null)
    {
        var writer = new RequestWriter(UsualHeadBytes + body.Length);
        try
        {
            writer.Begin("POST", path);
            writer.Bytes("Host: localhost\r\nUser-Agent: petrel\r\n"u8);
            writer.Header("Content-Type"u8, contentType);
            writer.Header("Content-Length"u8, body.Length);
            more?.Invoke(ref writer);
            writer.EndHead();
            writer.Bytes(body.Span);
            return writer.Written.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    public delegate void WriteHeaders(ref RequestWriter writer);
}
