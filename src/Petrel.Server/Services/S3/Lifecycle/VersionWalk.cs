using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;

namespace Petrel.Server.Services.S3.Lifecycle;

/// <summary>
/// Walks versions in the order of listings (by key, the newest first) and says which are due: a version that is not the newest counts from
/// when the one before it in this order was written.
/// </summary>
internal sealed class VersionWalk(IReadOnlyList<LifecycleRule> rules, DateTimeOffset now)
{
    private string? _key;
    private long _newerSinceMs;
    private int _noncurrent;
    private ObjectState? _loneMarker;
    private readonly List<(string, ObjectState, bool)> _markers = [];

    public bool IsDue(string key, ObjectState state, bool isLatest)
    {
        if (key != _key)
        {
            EndKey();
            (_key, _noncurrent) = (key, 0);
            _loneMarker = isLatest && state.IsMarker ? state : null;
        }
        else
        {
            _loneMarker = null;
        }

        var since = _newerSinceMs;
        _newerSinceMs = state.ModifiedMs;
        return !isLatest && LifecycleRules.ExpiresNoncurrent(rules, key, state, since, _noncurrent++, now);
    }

    /// <summary>Delete markers behind which nothing was left, of all keys that have been walked.</summary>
    public IReadOnlyList<(string Key, ObjectState State, bool IsLatest)> Finish()
    {
        EndKey();
        return _markers;
    }

    private void EndKey()
    {
        if (_loneMarker is { } marker && LifecycleRules.RemovesLoneMarker(rules, _key!, marker, now))
        {
            _markers.Add((_key!, marker, true));
        }

        _loneMarker = null;
    }
}
