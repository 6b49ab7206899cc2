using System.IO.Hashing;
using Npgsql;

namespace Petrel.Storage.Postgres;

/// <summary>
/// Turns the writes of a transaction into a few statements over arrays. A range delete is a border: what came before it is sent before it.
/// Appends come last of all, each log under its lock, which is then held only for the commit.
/// </summary>
internal sealed class PostgresWrites
{
    private readonly NpgsqlBatch _batch;
    private readonly SortedDictionary<Key, ReadOnlyMemory<byte>?> _rows = [];
    private readonly SortedDictionary<Key, long> _counters = [];
    private readonly SortedDictionary<Key, List<byte[]>> _appends = [];

    private PostgresWrites(NpgsqlBatch batch) => _batch = batch;

    public static void Add(NpgsqlBatch batch, WriteBuffer writes)
    {
        var statements = new PostgresWrites(batch);
        foreach (var operation in writes.Operations)
        {
            statements.Add(operation);
        }

        statements.Flush();
        statements.FlushAppends();
    }

    private void Add(in Operation operation)
    {
        switch (operation.Kind)
        {
            case OperationKind.Put:
                _rows[operation.Key] = operation.Value;
                break;
            case OperationKind.Delete:
                _rows[operation.Key] = null;
                break;
            case OperationKind.Add:
                _counters[operation.Key] = unchecked(_counters.GetValueOrDefault(operation.Key) + operation.Number);
                break;
            case OperationKind.Append:
                Appends(operation.Key).Add(operation.Value.ToArray());
                break;
            case OperationKind.TrimLog:
                Send("DELETE FROM petrel_logs WHERE log = $1 AND position <= $2", Bytes(operation.Key), operation.Number);
                break;
            case OperationKind.DeleteRange:
                DeleteRange(operation.Range);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation));
        }
    }

    private List<byte[]> Appends(Key log)
    {
        if (!_appends.TryGetValue(log, out var entries))
        {
            _appends[log] = entries = [];
        }

        return entries;
    }

    private void DeleteRange(KeyRange range)
    {
        Flush();
        foreach (var log in _appends.Keys.Where(range.Contains).ToList())
        {
            _appends.Remove(log);
        }

        var (begin, end) = (Bytes(range.Begin), Bytes(range.End));
        Send("DELETE FROM petrel_data WHERE key >= $1 AND key < $2", begin, end);
        Send("DELETE FROM petrel_counters WHERE key >= $1 AND key < $2", begin, end);
        Send("DELETE FROM petrel_logs WHERE log >= $1 AND log < $2", begin, end);
    }

    /// <summary>Rows in key order, so that transactions meet on them in the same order and do not deadlock.</summary>
    private void Flush()
    {
        var puts = _rows.Where(row => row.Value is not null).ToList();
        if (puts.Count > 0)
        {
            Send(
                "INSERT INTO petrel_data SELECT * FROM unnest($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                puts.Select(row => Bytes(row.Key)).ToArray(),
                puts.Select(row => row.Value!.Value.ToArray()).ToArray());
        }

        var deletes = _rows.Where(row => row.Value is null).Select(row => Bytes(row.Key)).ToArray();
        if (deletes.Length > 0)
        {
            Send("DELETE FROM petrel_data WHERE key = ANY($1)", (object)deletes);
        }

        if (_counters.Count > 0)
        {
            Send(
                "INSERT INTO petrel_counters SELECT * FROM unnest($1, $2)",
                _counters.Keys.Select(Bytes).ToArray(),
                _counters.Values.ToArray());
        }

        _rows.Clear();
        _counters.Clear();
    }

    /// <summary>
    /// The lock makes this the log's only appender until the commit, so that positions are given in commit order. Locks are taken in the
    /// order of their numbers, after all rows: a transaction that waits for one holds none that another waits for.
    /// </summary>
    private void FlushAppends()
    {
        foreach (var number in _appends.Keys.Select(log => (long)XxHash64.HashToUInt64(log.Span)).Order().Distinct())
        {
            Send("SELECT pg_advisory_xact_lock($1)", number);
        }

        foreach (var (log, entries) in _appends)
        {
            Send(
                "INSERT INTO petrel_logs SELECT $1, nextval('petrel_positions'), entry "
                + "FROM (SELECT entry FROM unnest($2) WITH ORDINALITY AS entries (entry, place) ORDER BY place) AS ordered",
                Bytes(log),
                entries.ToArray());
        }
    }

    private static byte[] Bytes(Key key) => PostgresSession.Bytes(key);

    private void Send(string sql, params ReadOnlySpan<object> parameters) =>
        _batch.BatchCommands.Add(PostgresSession.Command(sql, parameters));
}
