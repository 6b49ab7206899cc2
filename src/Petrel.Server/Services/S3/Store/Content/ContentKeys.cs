using System.Security.Cryptography;
using Petrel.Server.Security;

namespace Petrel.Server.Services.S3.Store.Content;

/// <summary>The keys of objects' bytes: each piece of content has its own, made from the master key and a salt that is stored with it.</summary>
internal sealed class ContentKeys(ISecretBox box)
{
    public const int SaltBytes = 16;

    private readonly byte[] _key = box.DeriveKey("s3 content");

    public byte[] For(ReadOnlySpan<byte> salt) => HMACSHA256.HashData(_key, salt);
}
