using System.Collections.Concurrent;
using System.Diagnostics;

namespace Petrel.Testing;

/// <summary>Listens to the platform's activity sources. Other tests run beside, so that a test looks for its own spans.</summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = [];
    private readonly ActivityListener _listener;

    public SpanRecorder()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Petrel.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public Activity? Find(string tag, object value) => _stopped.SingleOrDefault(s => value.Equals(s.GetTagItem(tag)));

    public Activity? Child(Activity parent, string name) =>
        _stopped.SingleOrDefault(s => s.DisplayName == name && s.ParentSpanId == parent.SpanId && s.TraceId == parent.TraceId);

    public void Dispose() => _listener.Dispose();
}
