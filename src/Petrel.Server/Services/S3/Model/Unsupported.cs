using Petrel.Wire;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What requests may ask for and this platform does not do: it is refused by name, never accepted and left out.</summary>
internal static class Unsupported
{
    public const string Standard = "STANDARD";

    public static void StorageClass(string? storageClass)
    {
        if (storageClass is not null and not Standard)
        {
            throw CommonException.NotImplemented("s3", $"the storage class {storageClass}");
        }
    }

    /// <param name="encryption">Of the platform's own keys: <c>AES256</c>.</param>
    /// <param name="others">Keys of a client or of KMS.</param>
    public static void Encryption(string? encryption, IReadOnlyDictionary<string, string>? others)
    {
        if (encryption is not null and not "AES256")
        {
            throw CommonException.NotImplemented("s3", $"server-side encryption {encryption}");
        }

        Options("x-amz-server-side-encryption-", others);
    }

    /// <summary>Headers of a prefix of which none is known.</summary>
    public static void Options(string prefix, IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is not null)
        {
            foreach (var name in headers.Keys)
            {
                throw CommonException.NotImplemented("s3", $"the header {prefix}{name}");
            }
        }
    }

    public static void Header(string name, object? value)
    {
        if (value is not null)
        {
            throw CommonException.NotImplemented("s3", $"the header {name}");
        }
    }
}
