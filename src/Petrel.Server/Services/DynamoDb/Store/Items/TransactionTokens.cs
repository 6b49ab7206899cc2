using System.Buffers.Binary;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>
/// Tokens of transactions that were done: for ten minutes the same request with the same token is not done again. Each token has a row by
/// its name, and one by the minute in which it may go.
/// </summary>
internal static class TransactionTokens
{
    /// <summary>As the service's documentation says.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int MinuteMs = 60_000;

    private static readonly Subspace Tokens = new("dynamodb", "token");
    private static readonly Subspace Expiries = new("dynamodb", "token-expiry");

    /// <summary>The digest of the request that used the token; null where none did within its lifetime.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> FindAsync(IReadTransaction tx, TransactionToken token, long nowMs) =>
        await tx.GetAsync(Tokens.Key(token.Account, token.Region, token.Text)) is { } value && ExpiryOf(value) > nowMs
            ? value[sizeof(long)..]
            : default(ReadOnlyMemory<byte>?);

    public static void Put(IWriteTransaction tx, TransactionToken token, ReadOnlySpan<byte> digest, long nowMs)
    {
        var expiresMs = nowMs + (long)Lifetime.TotalMilliseconds;
        var value = new byte[sizeof(long) + digest.Length];
        BinaryPrimitives.WriteInt64LittleEndian(value, expiresMs);
        digest.CopyTo(value.AsSpan(sizeof(long)));
        tx.Put(Tokens.Key(token.Account, token.Region, token.Text), value);
        tx.Put(Expiries.Key(expiresMs / MinuteMs, token.Account, token.Region, token.Text), default);
    }

    /// <summary>Removes tokens whose time is over, one page of them; those of a minute that is not over yet stay.</summary>
    /// <returns>How many rows of expiry there were.</returns>
    public static async ValueTask<int> SweepAsync(IWriteTransaction tx, long nowMs, int limit)
    {
        var range = new KeyRange(Expiries.Range().Begin, Expiries.Key(nowMs / MinuteMs));
        var due = await tx.ScanAsync(range, limit);
        foreach (var row in due)
        {
            tx.Delete(row.Key);
            var parts = Expiries.Unpack(row.Key);
            var key = Tokens.Key(parts[1].Text, parts[2].Text, parts[3].Text);

            // A token may have been used again since.
            if (await tx.GetAsync(key) is { } value && ExpiryOf(value) <= nowMs)
            {
                tx.Delete(key);
            }
        }

        return due.Count;
    }

    private static long ExpiryOf(ReadOnlyMemory<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value.Span);
}

internal sealed record TransactionToken(string Account, string Region, string Text);
