using Petrel.Functions;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Store;
using Petrel.Server.Services.Logs.Store.Segments;

namespace Petrel.Server.Services.Logs.Api;

/// <summary>Where the engine writes what functions print.</summary>
internal sealed class FunctionLogs(LogDirectory logs) : IFunctionLogs
{
    public IInstanceLog Open(FunctionSpec spec, string streamName) =>
        new InstanceLog(logs, new GroupKey(spec.Account, spec.Region, spec.LogGroup), streamName);

    private sealed class InstanceLog : IInstanceLog
    {
        private readonly LogDirectory _logs;
        private readonly GroupKey _key;
        private volatile Target? _target;

        public InstanceLog(LogDirectory logs, GroupKey key, string streamName)
        {
            (_logs, _key, StreamName) = (logs, key, streamName);
        }

        public string StreamName { get; }

        public void Append(DateTimeOffset time, ReadOnlySpan<byte> line)
        {
            var target = Current();
            target.Log.Append(target.Stream, time.ToUnixTimeMilliseconds(), line);
        }

        public ValueTask FlushAsync() => _target?.Log.FlushAsync(toDisk: false) ?? ValueTask.CompletedTask;

        public void Dispose()
        {
            if (_target is { } target)
            {
                target.Log.CloseStream(target.Stream);
            }
        }

        /// <summary>A group or stream that was deleted under a living instance begins anew with its next line.</summary>
        private Target Current()
        {
            if (_target is { } target && !target.Log.Deleted && !target.Stream.Deleted)
            {
                return target;
            }

            var log = _logs.Open(_key);
            return _target = new Target(log, log.OpenStream(StreamName));
        }
    }

    private sealed record Target(GroupLog Log, StreamEntry Stream);
}
