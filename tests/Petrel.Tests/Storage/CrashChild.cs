using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Storage;

namespace Petrel.Tests.Storage;

/// <summary>
/// The process that a test kills: it writes rows, items, entries and blobs from several writers as fast as it can, and says on its
/// output what was acknowledged, when it was.
/// </summary>
internal static class CrashChild
{
    public const string FolderVariable = "PETREL_TEST_CHILD";
    public const int Writers = 8;
    public const ulong Queue = 7;

    public static readonly EventLogId Log = new(9, 2);

    private static readonly Subspace Rows = new("crash");

    public static async Task<int> RunAsync(string folder)
    {
        await using var storage = await OpenAsync(folder);
        var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(storage, writer, output))));
        return 0;
    }

    public static Task<PetrelStorage> OpenAsync(string folder) => PetrelStorage.OpenAsync(
        new StoreSettings { DataFolder = folder }, new StorageServices(TimeProvider.System, new SystemIdSource(), NullLogger.Instance));

    public static KeyRange RowsOf(int writer) => Rows.Range((long)writer);

    public static Key Row(int writer, long number) => Rows.Key((long)writer, number);

    public static Key Counter(int writer) => Rows.Key("count", (long)writer);

    public static long NumberOf(Key row) => Rows.Unpack(row)[1].Int64;

    /// <summary>Each transaction counts, writes the next row of its writer, and something of another structure beside it.</summary>
    private static async Task WriteAsync(PetrelStorage storage, int writer, Stream output)
    {
        while (true)
        {
            var staged = writer == 0 ? await storage.Blobs.StageAsync(new MemoryStream(new byte[70_000])) : null;
            var number = await storage.Store.WriteAsync(async tx =>
            {
                var last = await tx.ScanAsync(RowsOf(writer), 1, reverse: true);
                var next = last.Count == 0 ? 1 : NumberOf(last[0].Key) + 1;
                var name = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{writer}:{next}"));
                tx.Add(Counter(writer), 1);
                if (staged is not null)
                {
                    storage.Blobs.Commit(tx, staged);
                }

                if (writer == 1)
                {
                    storage.Queues.Enqueue(tx, Queue, name);
                }

                if (writer == 2)
                {
                    storage.Logs.Append(tx, Log, $"{next % 3}", name);
                }

                tx.Put(Row(writer, next), staged is null ? name : JsonSerializer.SerializeToUtf8Bytes(staged.Ref));
                return next;
            });
            var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{writer} {number}\n"));
            lock (output)
            {
                output.Write(line);
            }
        }
    }
}
