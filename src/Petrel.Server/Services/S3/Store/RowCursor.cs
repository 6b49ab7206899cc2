using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>
/// Walks rows in key order, and jumps. After a jump it reads few rows, then more and more: whoever jumps from one common prefix to the next
/// wants one row of each.
/// </summary>
internal sealed class RowCursor(IReadTransaction tx, KeyRange range, int firstBatch)
{
    private const int BatchAfterJump = 2;
    private const int MaxBatch = 1_000;

    private KeyRange _range = range;
    private IReadOnlyList<KeyValue> _rows = [];
    private int _at;
    private int _batch = Math.Clamp(firstBatch, BatchAfterJump, MaxBatch);
    private bool _isAtEnd;

    /// <summary>The row at which the cursor stands; null at the end.</summary>
    public async ValueTask<KeyValue?> PeekAsync()
    {
        if (_at < _rows.Count)
        {
            return _rows[_at];
        }

        if (_isAtEnd || _range.IsEmpty)
        {
            return null;
        }

        _rows = await tx.ScanAsync(_range, _batch);
        _at = 0;
        _isAtEnd = _rows.Count < _batch;
        _batch = Math.Min(_batch * 4, MaxBatch);
        if (_rows.Count == 0)
        {
            return null;
        }

        _range = _range.After(_rows[^1].Key);
        return _rows[0];
    }

    public void Next() => _at++;

    /// <summary>Goes on at the first row at or after a key.</summary>
    public void Jump(Key to)
    {
        while (_at < _rows.Count && _rows[_at].Key < to)
        {
            _at++;
        }

        if (_at == _rows.Count && _range.Begin < to)
        {
            _range = _range with { Begin = to };
            _batch = BatchAfterJump;
        }
    }
}
