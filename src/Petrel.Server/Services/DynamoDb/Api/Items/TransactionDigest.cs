using System.Security.Cryptography;
using System.Text;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Store;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>A digest of all that a transaction asks for, by which a repeated request is told from another one with the same token.</summary>
internal static class TransactionDigest
{
    public static byte[] Of(IReadOnlyList<TransactionAction> actions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var action in actions)
        {
            Append(hash, action.Action);
            Append(hash, action.TableName);
            Append(hash, action.Item);
            Append(hash, action.ReturnsItemOnFailure ? "ALL_OLD" : "NONE");
            Append(hash, action.Text.Update);
            Append(hash, action.Text.Condition);
            Append(hash, action.Text.Values);
            var names = action.Text.Names is null ? [] : new SortedDictionary<string, string>(action.Text.Names, StringComparer.Ordinal);
            foreach (var (name, meaning) in names)
            {
                Append(hash, name);
                Append(hash, meaning);
            }

            // Ends the names, so that what follows is none of them.
            Append(hash, (string?)null);
        }

        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, AttributeMap? attributes) => Append(hash, attributes is null ? default : ItemCodec.Encode(attributes));

    private static void Append(IncrementalHash hash, string? text) => Append(hash, text is null ? default : Encoding.UTF8.GetBytes(text));

    /// <summary>With its length, so that no two sequences of parts look alike; nothing at all has a length of its own.</summary>
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(length, part.IsEmpty ? -1 : part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
