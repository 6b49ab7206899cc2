using System.Text.Json.Nodes;
using System.Threading.Channels;
using Petrel.Client;

namespace Petrel.Tables;

/// <summary>How far an import is.</summary>
internal sealed record ImportCount(long Written, long Rejected);

/// <summary>
/// Writes items in batches, several at a time. Items with one key go the same way, one after the other, so that the last one in the file
/// is the one that stays.
/// </summary>
internal sealed class TableImport(TablesClient tables, TableShape table, TimeProvider time)
{
    private const int Lanes = 8;

    /// <summary>Read ahead for each lane.</summary>
    private const int LaneItems = 4 * TablesClient.MaxBatchItems;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private long _written;
    private long _rejected;

    public ImportCount Count => new(Interlocked.Read(ref _written), Interlocked.Read(ref _rejected));

    /// <summary>Is told every item that the daemon or the file's form refuses; returns false to give up.</summary>
    public required Func<FileItem, bool> Refused { get; init; }

    /// <exception cref="CliException">An item was refused, and <see cref="Refused"/> said to give up.</exception>
    public async Task RunAsync(IEnumerable<FileItem> items, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = Enumerable.Range(0, Lanes).Select(_ => Channel.CreateBounded<FileItem>(LaneItems)).ToArray();
        var writers = lanes.Select(lane => StopAllOnFailureAsync(WriteAsync(lane.Reader, stop.Token), stop)).ToArray();
        try
        {
            foreach (var item in items)
            {
                if (item.Item is { } content)
                {
                    var lane = (uint)string.GetHashCode(table.IdentityOf(content), StringComparison.Ordinal) % Lanes;
                    await lanes[lane].Writer.WriteAsync(item, stop.Token);
                }
                else
                {
                    Reject(item);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A writer failed; its reason comes out below.
        }
        finally
        {
            foreach (var lane in lanes)
            {
                lane.Writer.TryComplete();
            }
        }

        await Task.WhenAll(writers);
    }

    private static async Task StopAllOnFailureAsync(Task writer, CancellationTokenSource stop)
    {
        try
        {
            await writer;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Another failed first.
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task WriteAsync(ChannelReader<FileItem> lane, CancellationToken cancellationToken)
    {
        var batch = new Dictionary<string, FileItem>(StringComparer.Ordinal);
        while (await lane.WaitToReadAsync(cancellationToken))
        {
            while (lane.TryRead(out var item))
            {
                // A batch may name a key once. The later one wins, and both are written as far as the user is told.
                if (!batch.TryAdd(table.IdentityOf(item.Item!), item))
                {
                    batch[table.IdentityOf(item.Item!)] = item;
                    Interlocked.Increment(ref _written);
                }

                if (batch.Count == TablesClient.MaxBatchItems)
                {
                    await WriteBatchAsync(batch, cancellationToken);
                }
            }
        }

        await WriteBatchAsync(batch, cancellationToken);
    }

    private async Task WriteBatchAsync(Dictionary<string, FileItem> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var items = batch.Values.ToArray();
        batch.Clear();
        try
        {
            await WriteAllAsync(new JsonArray([.. items.Select(Put)]), cancellationToken);
            Interlocked.Add(ref _written, items.Length);
        }
        catch (ApiException e) when (e.Code is "ValidationException" or "ItemCollectionSizeLimitExceededException" or "SerializationException" or "RequestTooLargeException")
        {
            // One bad item refuses them all: it is found by writing each alone.
            await WriteEachAsync(items, cancellationToken);
        }
    }

    private async Task WriteEachAsync(FileItem[] items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            try
            {
                await WriteAllAsync([Put(item)], cancellationToken);
                Interlocked.Increment(ref _written);
            }
            catch (ApiException e) when (e.Code is "ValidationException" or "SerializationException")
            {
                Reject(item with { Problem = e.Message });
            }
        }
    }

    private async Task WriteAllAsync(JsonArray puts, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                puts = await tables.WriteBatchAsync(table.Name, puts, cancellationToken);
                if (puts.Count == 0)
                {
                    return;
                }
            }
            catch (ApiException e) when (e.Code is "ProvisionedThroughputExceededException" or "ThrottlingException" or "RequestLimitExceeded")
            {
                puts = puts.DeepClone().AsArray();
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private void Reject(FileItem item)
    {
        Interlocked.Increment(ref _rejected);
        if (!Refused(item))
        {
            throw new CliException($"line {item.Line}: {item.Problem}", "what stands before it is written; go on past bad lines: --skip-bad");
        }
    }

    private static JsonNode Put(FileItem item) => new JsonObject { ["PutRequest"] = new JsonObject { ["Item"] = item.Item!.DeepClone() } };
}
