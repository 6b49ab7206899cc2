using Microsoft.Extensions.Logging;
using Npgsql;

namespace Petrel.Storage.Postgres;

/// <summary>
/// Counters are rows of differences, so that transactions that add never meet. This adds up the rows of those that have many; it changes no
/// counter's value, and may run on every node at once.
/// </summary>
internal sealed partial class CounterFolding : IAsyncDisposable
{
    private const int FoldAbove = 64;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource _source;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public CounterFolding(NpgsqlDataSource source, TimeProvider time, ILogger logger)
    {
        (_source, _logger) = (source, logger);
        _running = RunAsync(time);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    public static async Task FoldAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var keys = new List<byte[]>();
        await using (var find = new NpgsqlCommand(
            "SELECT key FROM petrel_counters GROUP BY key HAVING count(*) > $1 LIMIT 1000", connection))
        {
            find.Parameters.Add(new NpgsqlParameter { Value = (long)FoldAbove });
            await using var reader = await find.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                keys.Add(reader.GetFieldValue<byte[]>(0));
            }
        }

        foreach (var key in keys)
        {
            await using var fold = new NpgsqlCommand(
                "WITH gone AS (DELETE FROM petrel_counters WHERE key = $1 RETURNING delta) "
                + "INSERT INTO petrel_counters SELECT $1, sum(delta)::bigint FROM gone HAVING count(*) > 0",
                connection);
            fold.Parameters.Add(new NpgsqlParameter { Value = key });
            await fold.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task RunAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(_stopping.Token);
                await FoldAsync(_source, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException exception)
            {
                LogFoldingFailed(exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Counters could not be folded; the next round tries again.")]
    private partial void LogFoldingFailed(Exception exception);
}
