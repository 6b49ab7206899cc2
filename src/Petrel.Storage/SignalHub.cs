using System.Collections.Concurrent;

namespace Petrel.Storage;

/// <summary>The subscribers of topics inside this process.</summary>
internal sealed class SignalHub
{
    private readonly ConcurrentDictionary<string, Subscription[]> _topics = new();

    public IDisposable Subscribe(string topic, Action wake)
    {
        var subscription = new Subscription(this, topic, wake);
        _topics.AddOrUpdate(topic, static (_, added) => [added], static (_, present, added) => [.. present, added], subscription);
        return subscription;
    }

    public void Fire(string topic)
    {
        if (!_topics.TryGetValue(topic, out var subscriptions))
        {
            return;
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Wake();
        }
    }

    private void Remove(Subscription subscription)
    {
        while (_topics.TryGetValue(subscription.Topic, out var present))
        {
            var left = Array.FindAll(present, other => other != subscription);
            var changed = left.Length == 0
                ? _topics.TryRemove(new KeyValuePair<string, Subscription[]>(subscription.Topic, present))
                : _topics.TryUpdate(subscription.Topic, left, present);
            if (changed)
            {
                return;
            }
        }
    }

    private sealed class Subscription(SignalHub hub, string topic, Action wake) : IDisposable
    {
        public string Topic => topic;

        public void Wake() => wake();

        public void Dispose() => hub.Remove(this);
    }
}
