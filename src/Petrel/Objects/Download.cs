using Petrel.Client;

namespace Petrel.Objects;

/// <summary>
/// Fetches an object into a file, which has its name only once it is whole. What broke off lies beside it, named after the object's entity
/// tag, and is gone on with while the object is the same.
/// </summary>
internal sealed class Download(ObjectClient client, ProgressLine progress)
{
    private const int BufferBytes = 262_144;

    public async Task FetchAsync(S3Address from, string path, CancellationToken cancellationToken)
    {
        var (size, etag) = await client.HeadAsync(from, cancellationToken) ?? throw new CliException($"there is no {from}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = PartialOf(path, etag);
        await using (var file = new FileStream(partial, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        }))
        {
            if (file.Length > size)
            {
                file.SetLength(0);
            }

            progress.Add(file.Length);
            file.Position = file.Length;
            if (file.Length < size)
            {
                await CopyAsync(from, etag, file, cancellationToken);
            }
        }

        File.Move(partial, path, overwrite: true);
    }

    /// <summary><c>.name.1a2b3c4d.part</c> beside the file.</summary>
    public static string PartialOf(string path, string etag)
    {
        var tag = string.Concat(etag.Where(char.IsAsciiLetterOrDigit));
        return Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{tag[..Math.Min(12, tag.Length)]}.part");
    }

    private async Task CopyAsync(S3Address from, string etag, FileStream file, CancellationToken cancellationToken)
    {
        await using var body = await client.OpenAsync(from, file.Length, etag, cancellationToken);
        var buffer = new byte[BufferBytes];
        while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            progress.Add(read);
        }
    }
}
