using System.Buffers;
using System.Security.Cryptography;
using Petrel.Client;

namespace Petrel.Objects;

/// <summary>
/// Sends a file: a large one in parts, several at once. An upload that broke off goes on where it stopped: parts that are there already, as
/// their digests show, are not sent again.
/// </summary>
internal sealed class Upload(ObjectClient client, ProgressLine progress)
{
    public const int PartBytes = 8 * 1_048_576;

    private const int MaxParts = 10_000;
    private const int PartsAtOnce = 4;

    public async Task SendAsync(string path, S3Address to, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous, BufferSize = 0 });
        var size = file.Length;
        if (size <= PartBytes)
        {
            await client.PutAsync(to, file, ContentTypes.Of(path), cancellationToken);
            progress.Add(size);
            return;
        }

        var uploadId = await client.FindUploadAsync(to, cancellationToken);
        var present = uploadId is null ? [] : await client.ListPartsAsync(to, uploadId, cancellationToken);
        uploadId ??= await client.BeginUploadAsync(to, ContentTypes.Of(path), cancellationToken);
        var parts = await SendPartsAsync(file, to, uploadId, present, cancellationToken);
        await client.CompleteUploadAsync(to, uploadId, parts, cancellationToken);
    }

    /// <summary>The size of parts: such that there are at most 10,000.</summary>
    public static long PartSize(long fileBytes)
    {
        var size = (long)PartBytes;
        while (size * MaxParts < fileBytes)
        {
            size *= 2;
        }

        return size;
    }

    private async Task<Dictionary<int, string>> SendPartsAsync(
        FileStream file, S3Address to, string uploadId, Dictionary<int, string> present, CancellationToken cancellationToken)
    {
        var size = PartSize(file.Length);
        var count = (int)((file.Length + size - 1) / size);
        var tags = new string[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, options, async (index, token) =>
        {
            var length = (int)Math.Min(size, file.Length - (index * size));
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                await ReadAsync(file, buffer.AsMemory(0, length), index * size, token);
                tags[index] = Convert.ToHexStringLower(MD5.HashData(buffer.AsSpan(0, length)));
                if (present.GetValueOrDefault(index + 1) != tags[index])
                {
                    await client.SendPartAsync(to, uploadId, index + 1, buffer.AsMemory(0, length), token);
                }

                progress.Add(length);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        });
        return tags.Select((tag, index) => KeyValuePair.Create(index + 1, tag)).ToDictionary();
    }

    private static async ValueTask ReadAsync(FileStream file, Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await RandomAccess.ReadAsync(file.SafeFileHandle, buffer[filled..], offset + filled, cancellationToken);
            filled += read > 0 ? read : throw new CliException($"{file.Name} became shorter while it was read");
        }
    }
}

/// <summary>What files are, by their names: browsers want to know.</summary>
internal static class ContentTypes
{
    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html",
        [".htm"] = "text/html",
        [".css"] = "text/css",
        [".js"] = "text/javascript",
        [".mjs"] = "text/javascript",
        [".json"] = "application/json",
        [".map"] = "application/json",
        [".txt"] = "text/plain",
        [".md"] = "text/markdown",
        [".csv"] = "text/csv",
        [".xml"] = "application/xml",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".avif"] = "image/avif",
        [".ico"] = "image/x-icon",
        [".pdf"] = "application/pdf",
        [".wasm"] = "application/wasm",
        [".woff"] = "font/woff",
        [".woff2"] = "font/woff2",
        [".ttf"] = "font/ttf",
        [".mp4"] = "video/mp4",
        [".webm"] = "video/webm",
        [".mp3"] = "audio/mpeg",
        [".zip"] = "application/zip",
        [".gz"] = "application/gzip",
    };

    public static string Of(string path) => ByExtension.GetValueOrDefault(Path.GetExtension(path), "binary/octet-stream");
}
