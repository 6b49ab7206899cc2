using Npgsql;

namespace Petrel.Storage.Postgres;

/// <summary>
/// One transaction on one connection. BEGIN travels with the first statement and COMMIT with the last writes, so that a transaction that
/// only writes is one round trip, and one that reads once and writes is two.
/// </summary>
internal sealed class PostgresSession(NpgsqlConnection connection, string begin) : IReadTransaction
{
    public const string BeginWrite = "BEGIN ISOLATION LEVEL SERIALIZABLE";
    public const string BeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    private bool _begun;

    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(Key key)
    {
        await using var reader = await QueryAsync("SELECT value FROM petrel_data WHERE key = $1", Bytes(key));
        return await reader.ReadAsync() ? reader.GetFieldValue<byte[]>(0) : default(ReadOnlyMemory<byte>?);
    }

    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>?>> GetManyAsync(IReadOnlyList<Key> keys)
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var found = new Dictionary<Key, ReadOnlyMemory<byte>>(keys.Count);
        await using (var reader = await QueryAsync("SELECT key, value FROM petrel_data WHERE key = ANY($1)", (object)keys.Select(Bytes).ToArray()))
        {
            while (await reader.ReadAsync())
            {
                found[new Key(reader.GetFieldValue<byte[]>(0))] = reader.GetFieldValue<byte[]>(1);
            }
        }

        var values = new ReadOnlyMemory<byte>?[keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = found.TryGetValue(keys[i], out var value) ? value : default(ReadOnlyMemory<byte>?);
        }

        return values;
    }

    public async ValueTask<IReadOnlyList<KeyValue>> ScanAsync(KeyRange range, int limit, bool reverse = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var found = new List<KeyValue>(Math.Min(limit, 64));
        var sql = reverse
            ? "SELECT key, value FROM petrel_data WHERE key >= $1 AND key < $2 ORDER BY key DESC LIMIT $3"
            : "SELECT key, value FROM petrel_data WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3";
        await using var reader = await QueryAsync(sql, Bytes(range.Begin), Bytes(range.End), limit);
        while (await reader.ReadAsync())
        {
            found.Add(new KeyValue(new Key(reader.GetFieldValue<byte[]>(0)), reader.GetFieldValue<byte[]>(1)));
        }

        return found;
    }

    public async ValueTask<long> GetCounterAsync(Key counter)
    {
        await using var reader = await QueryAsync(
            "SELECT coalesce(sum(delta), 0)::bigint FROM petrel_counters WHERE key = $1", Bytes(counter));
        await reader.ReadAsync();
        return reader.GetInt64(0);
    }

    public async ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(Key log, LogPosition after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var found = new List<LogRecord>(Math.Min(limit, 64));
        await using var reader = await QueryAsync(
            "SELECT position, value FROM petrel_logs WHERE log = $1 AND position > $2 ORDER BY position LIMIT $3",
            Bytes(log), (long)Math.Min(after.Value, long.MaxValue), limit);
        while (await reader.ReadAsync())
        {
            found.Add(new LogRecord(new LogPosition((ulong)reader.GetInt64(0)), reader.GetFieldValue<byte[]>(1)));
        }

        return found;
    }

    public async ValueTask<LogPosition> GetLogEndAsync(Key log)
    {
        await using var reader = await QueryAsync("SELECT coalesce(max(position), 0) FROM petrel_logs WHERE log = $1", Bytes(log));
        await reader.ReadAsync();
        return new LogPosition((ulong)reader.GetInt64(0));
    }

    /// <summary>Sends the writes and COMMIT in one round trip. Of a transaction that failed, only COMMIT: it proves what was read.</summary>
    public async Task CommitAsync(WriteBuffer? writes)
    {
        if (!_begun && (writes is null || writes.IsEmpty))
        {
            return; // Nothing was read or written.
        }

        await using var batch = NewBatch();
        if (writes is not null)
        {
            PostgresWrites.Add(batch, writes);
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Ends a failed transaction, so that the connection can go back to the pool.</summary>
    public async Task RollbackAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand("ROLLBACK", connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // A broken connection has no transaction any more, and the pool drops it.
        }
    }

    public static byte[] Bytes(Key key) => key.Span.ToArray();

    public static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    private Task<NpgsqlDataReader> QueryAsync(string sql, params ReadOnlySpan<object> parameters)
    {
        var batch = NewBatch();
        batch.BatchCommands.Add(Command(sql, parameters));
        _begun = true;
        return batch.ExecuteReaderAsync();
    }

    /// <summary>A batch that begins the transaction when nothing has yet.</summary>
    private NpgsqlBatch NewBatch()
    {
        var batch = new NpgsqlBatch(connection);
        if (!_begun)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(begin));
        }

        return batch;
    }
}
