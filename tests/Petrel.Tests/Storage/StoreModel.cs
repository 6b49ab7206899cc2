using Petrel.Storage;

namespace Petrel.Tests.Storage;

/// <summary>The store as simply as it can be said: sorted dictionaries that are copied for each transaction.</summary>
internal sealed class StoreModel
{
    private readonly SortedDictionary<Key, byte[]> _rows = [];
    private readonly SortedDictionary<Key, long> _counters = [];
    private readonly SortedDictionary<Key, List<byte[]>> _logs = [];

    public StoreModel Copy()
    {
        var copy = new StoreModel();
        foreach (var (key, value) in _rows)
        {
            copy._rows[key] = value;
        }

        foreach (var (key, value) in _counters)
        {
            copy._counters[key] = value;
        }

        foreach (var (key, value) in _logs)
        {
            copy._logs[key] = [.. value];
        }

        return copy;
    }

    public void Put(Key key, byte[] value) => _rows[key] = value;

    public void Delete(Key key) => _rows.Remove(key);

    public void DeleteRange(KeyRange range)
    {
        Remove(_rows, range);
        Remove(_counters, range);
        Remove(_logs, range);
    }

    public void Add(Key key, long delta) => _counters[key] = _counters.GetValueOrDefault(key) + delta;

    public void Append(Key log, byte[] value)
    {
        _logs.TryAdd(log, []);
        _logs[log].Add(value);
    }

    /// <summary>Removes the first entries of a log.</summary>
    public void TrimLog(Key log, int entries) => _logs.GetValueOrDefault(log)?.RemoveRange(0, entries);

    public string Get(Key key) => _rows.TryGetValue(key, out var value) ? Convert.ToHexString(value) : "absent";

    public string Scan(KeyRange range, int limit, bool reverse)
    {
        var found = _rows.Where(row => range.Contains(row.Key));
        return string.Join(' ', (reverse ? found.Reverse() : found).Take(limit).Select(row => $"{row.Key}={Convert.ToHexString(row.Value)}"));
    }

    public long Counter(Key key) => _counters.GetValueOrDefault(key);

    public IReadOnlyList<string> Log(Key log) => _logs.TryGetValue(log, out var entries) ? entries.ConvertAll(Convert.ToHexString) : [];

    private static void Remove<T>(SortedDictionary<Key, T> from, KeyRange range)
    {
        foreach (var key in from.Keys.Where(range.Contains).ToList())
        {
            from.Remove(key);
        }
    }
}
