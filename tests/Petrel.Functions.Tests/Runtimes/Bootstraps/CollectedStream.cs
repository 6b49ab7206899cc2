using System.Text;
using Petrel.Functions;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>Takes a streamed answer in memory; with a bound it stands for a caller that has gone after so many chunks.</summary>
internal sealed class CollectedStream(int chunksUntilGone = int.MaxValue) : IResponseStream
{
    private readonly MemoryStream _bytes = new();

    public string? ContentType { get; private set; }

    public string Metadata { get; private set; } = "";

    public int Chunks { get; private set; }

    public byte[] Bytes => _bytes.ToArray();

    public string Text => Encoding.UTF8.GetString(Bytes);

    public ValueTask StartAsync(string contentType, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        ContentType = contentType;
        Metadata = Encoding.UTF8.GetString(metadata.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        if (++Chunks > chunksUntilGone)
        {
            throw new IOException("The client has gone.");
        }

        _bytes.Write(chunk.Span);
        return ValueTask.CompletedTask;
    }
}
