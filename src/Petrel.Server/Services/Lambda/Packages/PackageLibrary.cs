using System.Collections.Concurrent;
using System.Security.Cryptography;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Images;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>Packages: checked and durable when they come in, unpacked once for all versions and functions with the same content.</summary>
internal sealed class PackageLibrary(IStore store, IBlobStore blobs, CodeFolders folders, ImageLibrary images, TimeProvider time) : ICodeLibrary
{
    private readonly ConcurrentDictionary<string, Task> _folders = new(StringComparer.Ordinal);

    /// <summary>Checks a package and makes its bytes durable. Who refers to it in a later transaction owns it from then on.</summary>
    /// <exception cref="InvalidParameterValueException">It may not be unpacked.</exception>
    /// <exception cref="RequestEntityTooLargeException">It is larger than an upload may be.</exception>
    public async Task<CodeRecord> AddAsync(byte[] package, CancellationToken cancellationToken)
    {
        var code = Inspect(package);
        await AddAsync(package, code, cancellationToken);
        return code;
    }

    /// <summary>What the code of a function is: its package or its image, exactly one of which is given.</summary>
    /// <exception cref="InvalidParameterValueException">It may not be unpacked, or there is no such image.</exception>
    public async ValueTask<CodeRecord> InspectAsync(byte[]? package, string? imageUri, CancellationToken cancellationToken) =>
        imageUri is not null ? await images.ResolveAsync(imageUri, cancellationToken)
        : package is not null ? Inspect(package)
        : throw new InvalidParameterValueException("Please provide a source for function code.");

    /// <summary>Makes the bytes of a package durable that was inspected before; an image is copied while it is prepared.</summary>
    public async Task AddAsync(byte[]? package, CodeRecord code, CancellationToken cancellationToken)
    {
        if (package is not null)
        {
            await KeepAsync(code.Sha256, () => new MemoryStream(package, writable: false), cancellationToken);
        }
    }

    private async Task KeepAsync(string sha256, Func<Stream> open, CancellationToken cancellationToken)
    {
        if (!await store.WriteAsync(tx => RenewAsync(tx, sha256), cancellationToken))
        {
            await using var content = open();
            var staged = await blobs.StageAsync(content, cancellationToken);
            await store.WriteAsync(
                async tx =>
                {
                    // When another upload of the same content was quicker, these bytes are never committed and go away by themselves.
                    if (!await RenewAsync(tx, sha256))
                    {
                        blobs.Commit(tx, staged);
                        PackageStore.Put(tx, sha256, new PackageRecord(staged.Ref), time.GetUtcNow());
                    }

                    return true;
                },
                cancellationToken);
        }
    }

    /// <summary>The same checks without keeping anything.</summary>
    public static CodeRecord Inspect(byte[] package)
    {
        if (package.Length > Limits.ZippedBytes)
        {
            throw new RequestEntityTooLargeException($"Zipped size must be smaller than {Limits.ZippedBytes} bytes");
        }

        var unpackedBytes = ArchiveCheck.Inspect(package);
        return new CodeRecord(Convert.ToBase64String(SHA256.HashData(package)), package.Length, unpackedBytes);
    }

    /// <summary>Whether the package is there; if so, the time begins again within which somebody must own it.</summary>
    private async ValueTask<bool> RenewAsync(IWriteTransaction tx, string sha256)
    {
        if (await PackageStore.GetAsync(tx, sha256) is not { } present)
        {
            return false;
        }

        PackageStore.Put(tx, sha256, present, time.GetUtcNow());
        return true;
    }

    /// <exception cref="CodeStorageExceededException">The account has no room for another package of this size.</exception>
    public static async ValueTask RequireSpaceAsync(IReadTransaction tx, string account, string region, CodeRecord code)
    {
        if (await AccountStore.GetCodeBytesAsync(tx, account, region) + code.SizeBytes > Limits.TotalCodeBytes)
        {
            throw new CodeStorageExceededException("Code storage limit exceeded.");
        }
    }

    /// <summary>The package as it was uploaded; null when it is gone.</summary>
    public async ValueTask<Stream?> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        var package = await store.ReadAsync(tx => PackageStore.GetAsync(tx, sha256), cancellationToken);
        return package is null ? null : await blobs.OpenAsync(package.Blob, cancellationToken: cancellationToken);
    }

    public ValueTask<string> GetFolderAsync(CodeRecord code, CancellationToken cancellationToken)
    {
        if (_folders.TryGetValue(code.Sha256, out var done) && done.IsCompletedSuccessfully && !Directory.Exists(folders.PathOf(code.Sha256)))
        {
            // Somebody cleaned up below the daemon.
            _folders.TryRemove(new KeyValuePair<string, Task>(code.Sha256, done));
        }

        var made = _folders.GetOrAdd(code.Sha256, static (_, what) => what.Library.MakeFolderAsync(what.Code), (Library: this, Code: code));
        return made.IsCompletedSuccessfully ? new(folders.PathOf(code.Sha256)) : new(WaitAsync());

        async Task<string> WaitAsync()
        {
            try
            {
                await made.WaitAsync(cancellationToken);
            }
            catch when (made.IsFaulted)
            {
                _folders.TryRemove(new KeyValuePair<string, Task>(code.Sha256, made));
                throw;
            }

            return folders.PathOf(code.Sha256);
        }
    }

    /// <summary>Removes the unpacked code of a package that nobody owns.</summary>
    public void RemoveFolder(string sha256)
    {
        _folders.TryRemove(sha256, out _);
        folders.Remove(sha256);
    }

    private async Task MakeFolderAsync(CodeRecord code)
    {
        // Off the caller's thread, which holds the dictionary's entry while this begins.
        await Task.Yield();
        if (folders.IsComplete(code.Sha256))
        {
            return;
        }

        try
        {
            await folders.MakeAsync(code.Sha256, code.Image is null ? draft => UnpackAsync(code, draft) : draft => UnpackImageAsync(code, draft));
        }
        catch (Exception problem) when (problem is InvalidDataException or InvalidParameterValueException)
        {
            throw new FunctionStartException("InvalidZipFileException", $"The package cannot be unpacked: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FunctionStartException("InternalError", $"The package cannot be unpacked: {problem.Message}", problem);
        }
    }

    private async Task UnpackAsync(CodeRecord code, string draft) => Unpacker.Unpack(await ReadAsync(code.Sha256), draft, CancellationToken.None);

    private async Task UnpackImageAsync(CodeRecord code, string draft)
    {
        var archive = Path.Combine(draft, "image.tar");
        await using (var kept = await OpenAsync(code.Sha256, CancellationToken.None))
        {
            if (kept is not null)
            {
                await using var file = File.Create(archive);
                await kept.CopyToAsync(file);
            }
        }

        if (!File.Exists(archive))
        {
            await images.CopyAsync(code, archive);
            await KeepAsync(code.Sha256, () => File.OpenRead(archive), CancellationToken.None);
        }

        await images.UnpackAsync(archive, draft, Machine.Architecture);
    }

    private async Task<byte[]> ReadAsync(string sha256)
    {
        try
        {
            await using var content = await OpenAsync(sha256, CancellationToken.None)
                ?? throw new FunctionStartException("InvalidZipFileException", "The function's package is not there.");
            using var package = new MemoryStream();
            await content.CopyToAsync(package);
            return package.ToArray();
        }
        catch (Exception problem) when (problem is StoreCorruptException or IOException)
        {
            throw new FunctionStartException("InvalidZipFileException", $"The function's package cannot be read: {problem.Message}", problem);
        }
    }
}
