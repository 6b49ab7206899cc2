using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Petrel.Storage.Postgres;

/// <summary>
/// Carries signals between the nodes by NOTIFY. They are sent after the commit, on a connection of their own and many at once: NOTIFY inside
/// a transaction would make all commits of the database queue up. One that gets lost only delays a rescan.
/// </summary>
internal sealed partial class PostgresSignals : IAsyncDisposable
{
    private const string ChannelName = "petrel";
    private const int MaxWaiting = 4_096;
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _source;
    private readonly SignalHub _hub;
    private readonly StorageServices _services;
    private readonly string _node;
    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private readonly ILogger _logger;

    public PostgresSignals(NpgsqlDataSource source, SignalHub hub, StorageServices services)
    {
        (_source, _hub, _services, _logger) = (source, hub, services, services.Logger);
        _node = services.Ids.NextId().ToString("x16");
        _running = Task.WhenAll(ForeverAsync(ListenAsync), ForeverAsync(SendAsync));
    }

    /// <summary>Completes when this node hears the others.</summary>
    public Task Listening => _listens.Task;

    /// <summary>Wakes this node's subscribers at once, and lets the others know.</summary>
    public void Fire(string topic)
    {
        _hub.Fire(topic);
        _waiting.Writer.TryWrite(topic);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task ForeverAsync(Func<CancellationToken, Task> work)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await work(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException)
            {
                LogInterrupted(exception);
                await Task.Delay(ReconnectAfter, _services.Time, _stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, message) => Hear(message.Payload);
        await using (var command = new NpgsqlCommand($"LISTEN {ChannelName}", connection))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        _listens.TrySetResult();
        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }

    private void Hear(string payload)
    {
        if (!payload.StartsWith(_node, StringComparison.Ordinal) && payload.Length > _node.Length)
        {
            _hub.Fire(payload[_node.Length..]);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            var topics = new HashSet<string>();
            while (topics.Count < MaxWaiting && _waiting.Reader.TryRead(out var topic))
            {
                topics.Add(_node + topic);
            }

            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT count(pg_notify($1, topic)) FROM unnest($2) AS topic", connection);
            command.Parameters.Add(new NpgsqlParameter { Value = ChannelName });
            command.Parameters.Add(new NpgsqlParameter { Value = topics.ToArray() });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signals between nodes are interrupted; work goes on by rescans.")]
    private partial void LogInterrupted(Exception exception);
}
