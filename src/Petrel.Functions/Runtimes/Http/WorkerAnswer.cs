using System.Buffers;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>A whole answer of a program.</summary>
/// <param name="TooLarge">It was longer than it may be, and is not whole.</param>
internal sealed record WorkerAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body, long SizeBytes, bool TooLarge)
{
    public bool Success => Status is >= 200 and < 400;

    public static async ValueTask<WorkerAnswer> ReadAsync(WorkerConnection connection, int maxBytes)
    {
        var (status, contentType) = (connection.Head.Status, connection.Head.ContentType);
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(connection.Head.ContentLength ?? 256, 1, maxBytes));
        while (true)
        {
            while (connection.TryTake(out var piece))
            {
                if (body.WrittenCount + piece.Length > maxBytes)
                {
                    return new WorkerAnswer(status, contentType, default, connection.Head.ContentLength ?? body.WrittenCount + piece.Length, TooLarge: true);
                }

                body.Write(piece.Span);
            }

            if (connection.BodyEnded)
            {
                return new WorkerAnswer(status, contentType, body.WrittenMemory, body.WrittenCount, TooLarge: false);
            }

            await connection.FillAsync();
        }
    }
}
