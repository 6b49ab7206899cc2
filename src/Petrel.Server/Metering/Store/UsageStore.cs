using System.Buffers.Binary;
using Petrel.Server.Metering.Model;
using Petrel.Storage;

namespace Petrel.Server.Metering.Store;

/// <summary>
/// Usage by account, hour and key. Who writes has a number of its own and numbers its batches; the last one that arrived is a row, so that a
/// batch that is written again, because nobody knows whether it arrived, counts once.
/// </summary>
internal static class UsageStore
{
    private static readonly Subspace Rows = new("metering", "usage");
    private static readonly Subspace Writers = new("metering", "writers");

    /// <summary>Adds the rows to what is there; false when this batch had already arrived.</summary>
    public static async ValueTask<bool> AddAsync(IWriteTransaction tx, UsageBatch batch, DateTimeOffset now)
    {
        var writer = Writers.Key(batch.Writer);
        if (await tx.GetAsync(writer) is { } last && BinaryPrimitives.ReadInt64LittleEndian(last.Span) >= batch.Number)
        {
            return false;
        }

        var keys = batch.Rows.Select(KeyOf).ToArray();
        var before = await tx.GetManyAsync(keys);
        for (var i = 0; i < keys.Length; i++)
        {
            var sums = before[i] is { } bytes ? UsageCodec.Decode(bytes) : default;
            sums.Add(batch.Rows[i].Sums);
            tx.Put(keys[i], UsageCodec.Encode(sums));
        }

        var mark = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(mark, batch.Number);
        BinaryPrimitives.WriteInt64LittleEndian(mark.AsSpan(8), now.ToUnixTimeSeconds());
        tx.Put(writer, mark);
        return true;
    }

    public static void Forget(IWriteTransaction tx, ulong writer) => tx.Delete(Writers.Key(writer));

    /// <summary>Rows of an account in the order of their hours, from one hour up to another; a page at a time.</summary>
    public static async ValueTask<UsagePage> ListAsync(IReadTransaction tx, UsagePosition position, int limit)
    {
        var range = new KeyRange(
            position.After is { } after ? after.Next() : Rows.Key(position.Account, position.From.Number),
            Rows.Key(position.Account, position.Until.Number));
        var found = range.IsEmpty ? [] : await tx.ScanAsync(range, limit);
        return new UsagePage(
            [.. found.Select(pair => Read(pair))],
            found.Count < limit ? null : position with { After = found[^1].Key });
    }

    /// <summary>Removes hours before <paramref name="horizon"/> of the next account after <paramref name="account"/>; null after the last.</summary>
    public static async ValueTask<string?> SweepNextAsync(IWriteTransaction tx, string? account, UsageHour horizon)
    {
        var all = Rows.Range();
        var rest = account is null ? all : all with { Begin = Rows.Range(account).End };
        if (await tx.ScanAsync(rest, 1) is not [var first, ..])
        {
            return null;
        }

        var next = Rows.Unpack(first.Key)[0].Text;
        tx.DeleteRange(new KeyRange(Rows.Range(next).Begin, Rows.Key(next, horizon.Number)));
        return next;
    }

    /// <summary>Removes what writers left that have not written since.</summary>
    public static async ValueTask<bool> SweepWritersAsync(IWriteTransaction tx, DateTimeOffset before)
    {
        foreach (var (key, mark) in await tx.ScanAsync(Writers.Range(), 1_000))
        {
            if (BinaryPrimitives.ReadInt64LittleEndian(mark.Span[8..]) < before.ToUnixTimeSeconds())
            {
                tx.Delete(key);
            }
        }

        return true;
    }

    private static Key KeyOf(UsageRow row)
    {
        var key = row.Key;
        return Rows.Key(key.Account, row.Hour.Number, key.Region, key.Function, key.Architecture, key.Provisioned ? "provisioned" : "on-demand");
    }

    private static UsageRow Read(KeyValue pair)
    {
        var parts = Rows.Unpack(pair.Key);
        var key = new UsageKey(parts[0].Text, parts[2].Text, parts[3].Text, parts[4].Text, parts[5].Text == "provisioned");
        return new UsageRow(key, new UsageHour(parts[1].Int64), UsageCodec.Decode(pair.Value));
    }
}

/// <summary>Rows that go to the store in one transaction; no two are of the same key and hour.</summary>
internal sealed record UsageBatch(ulong Writer, long Number, IReadOnlyList<UsageRow> Rows);

internal sealed record UsagePosition(string Account, UsageHour From, UsageHour Until, Key? After = null);

/// <param name="Next">Where the next page begins; null after the last.</param>
internal sealed record UsagePage(IReadOnlyList<UsageRow> Rows, UsagePosition? Next);
