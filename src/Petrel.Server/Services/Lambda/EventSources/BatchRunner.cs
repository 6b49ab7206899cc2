using Petrel.Aws.EventSources;
using Petrel.Server.Services.Lambda.EventSources.Model;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>
/// Brings a batch through: sends it, and again while it fails, whole, in halves or from the first record that failed, until every record
/// is done or given up. Each step forward is written before the next is tried.
/// </summary>
internal sealed class BatchRunner(MappingRun run, ShardState state, MappingParts parts, CancellationToken abandoned)
{
    private readonly TimeProvider _time = parts.Time;

    public MappingSettings Settings => run.Settings;

    /// <returns>The tumbling window as it is after the batch; null without windows.</returns>
    /// <exception cref="OperationCanceledException">The run is stopped; what is not done stays so.</exception>
    public async Task<WindowState?> RunAsync(LaneBatch batch, CancellationToken stopping)
    {
        var window = batch.Window ?? (batch.WindowStart is { } start ? new WindowState(start, WindowAnswer.Empty) : null);
        var work = new Stack<Slice>([new Slice(0, batch.Records.Count)]);
        var arrivals = batch.Records.Select(record => record.At).ToArray();
        for (var refusals = 0; work.TryPop(out var slice);)
        {
            stopping.ThrowIfCancellationRequested();
            if (BatchRules.CountExpired(slice, arrivals, Settings, run.Source.Traits.Retention, _time.GetUtcNow()) is > 0 and var expired)
            {
                await FinishAsync(batch, slice, new SliceDecision(0, slice with { Count = expired }, BatchRules.AgeExceeded, []), null, window);
                Push(work, expired < slice.Count ? [new Slice(slice.From + expired, slice.Count - expired)] : []);
                continue;
            }

            var records = RecordsOf(batch, slice);
            var attempt = await SendAsync(records, window, final: false);
            if (attempt.Result is null)
            {
                work.Push(slice);
                await WaitAsync(BatchRules.Pause(++refusals), stopping);
                continue;
            }

            refusals = 0;
            var (outcome, failedAt) = OutcomeOf(attempt, records);
            window = window is null || outcome == SliceOutcome.Failed ? window : After(window, attempt);
            var decision = BatchRules.Decide(slice, outcome, failedAt, Settings);
            await FinishAsync(batch, slice, decision, attempt, window);
            Push(work, decision.Next);
            if (decision.Next is [var again])
            {
                await WaitAsync(BatchRules.Pause(Math.Max(again.Runs, 1)), stopping);
            }
        }

        return window;
    }

    /// <summary>The last invocation of a window: with its state, without records.</summary>
    public async Task CloseWindowAsync(int lane, WindowState window, CancellationToken stopping)
    {
        for (var (failures, runs) = (0, 0); ;)
        {
            stopping.ThrowIfCancellationRequested();
            var attempt = await SendAsync([], window, final: true);
            var failed = attempt.Result?.FunctionError is not null;
            runs += failed ? 1 : 0;
            var givenUp = failed && Settings.MaxRetries >= 0 && runs > Settings.MaxRetries;
            if ((attempt.Result is not null && !failed) || givenUp)
            {
                await state.SaveAsync(
                    tx =>
                    {
                        CheckpointStore.PutWindow(tx, run.Mapping.Id, state.ShardId, lane, null);
                        return ValueTask.CompletedTask;
                    },
                    abandoned);
                return;
            }

            await WaitAsync(BatchRules.Pause(++failures), stopping);
        }
    }

    private async Task<MappingAttempt> SendAsync(IReadOnlyList<StreamEvent> records, WindowState? window, bool final)
    {
        var payload = window is null ? MappingEvent.Write(records) : MappingEvent.Write(records, Describe(window, final));
        if (records.Count > 0)
        {
            MappingMetrics.IteratorAge.Record(Math.Max(0, (_time.GetUtcNow() - records[^1].At).TotalSeconds), run.Tag);
        }

        var attempt = await parts.Invoker.InvokeAsync(run.Mapping, payload, abandoned);
        if (attempt.Result is null)
        {
            MappingMetrics.Refused.Add(1, run.Tag);
            run.Report(attempt.Problem!);
        }
        else
        {
            MappingMetrics.Batches.Add(1, run.Tag);
        }

        return attempt;
    }

    private WindowEvent Describe(WindowState window, bool final) => new(
        window.Start,
        TimeSpan.FromSeconds(Math.Max(Settings.TumblingSeconds, 1)),
        window.State,
        state.ShardId,
        run.Mapping.SourceArn,
        final,
        final && window.Oversized);

    private (SliceOutcome Outcome, int FailedAt) OutcomeOf(MappingAttempt attempt, IReadOnlyList<StreamEvent> records)
    {
        var outcome = attempt.Result!.FunctionError is not null ? (SliceOutcome.Failed, 0)
            : Settings.ReportsItemFailures ? PartialAnswer.Read(attempt.Result.Payload, [.. records.Select(r => r.SequenceNumber)])
            : (SliceOutcome.Success, 0);
        run.Report(outcome.Item1 == SliceOutcome.Success ? ProcessingResults.Success : ProcessingResults.FunctionFailed);
        if (outcome.Item1 != SliceOutcome.Success)
        {
            MappingMetrics.Failed.Add(1, run.Tag);
        }

        return outcome;
    }

    private static WindowState After(WindowState window, MappingAttempt attempt)
    {
        var answered = WindowAnswer.ReadState(attempt.Result!.Payload);
        return window with { State = answered, Oversized = WindowAnswer.IsTooLarge(answered) };
    }

    /// <summary>Writes what is done and what is given up.</summary>
    /// <param name="attempt">Null when the records were too old to be sent.</param>
    private async Task FinishAsync(LaneBatch batch, Slice slice, SliceDecision decision, MappingAttempt? attempt, WindowState? window)
    {
        var through = slice.From + decision.Done + (decision.Discard?.Count ?? 0);
        if (through == slice.From)
        {
            return; // Nothing goes forward: the slice is tried again, or in halves.
        }

        var failure = decision.Discard is { } discard ? Describe(RecordsOf(batch, discard), discard, decision.Condition!, attempt) : null;
        state.Closed(batch.Lane, batch.Records[through - 1].Position);
        await state.SaveAsync(tx => WriteAsync(tx, batch.Lane, window, failure), abandoned);
        MappingMetrics.Records.Add(decision.Done, run.Tag);
        if (failure is var (given, _))
        {
            MappingMetrics.Discarded.Add(given.Records, run.Tag, new KeyValuePair<string, object?>("condition", given.Condition));
            parts.Log.GivenUp(run.Mapping.Uuid, given.Records, given.Condition, given.Error);
        }
    }

    private async ValueTask WriteAsync(
        IWriteTransaction tx, int lane, WindowState? window, (MappingFailure Failure, ReadOnlyMemory<byte> Payload)? failure)
    {
        if (window is not null)
        {
            CheckpointStore.PutWindow(tx, run.Mapping.Id, state.ShardId, lane, window);
        }

        if (failure is var (given, payload))
        {
            await FailureStore.AddAsync(tx, run.Mapping.Id, given, payload);
        }
    }

    private (MappingFailure Failure, ReadOnlyMemory<byte> Payload)? Describe(
        IReadOnlyList<StreamEvent> records, Slice discard, string condition, MappingAttempt? attempt)
    {
        var now = _time.GetUtcNow();
        var requestId = attempt?.RequestId ?? parts.Ids.NextGuid().ToString();
        var document = MappingEvent.WriteFailure(
            new GivenUp(
                requestId,
                run.Mapping.FunctionArn,
                condition,
                discard.Runs,
                attempt?.Result?.ExecutedVersion,
                attempt?.Result?.FunctionError,
                state.ShardId,
                run.Mapping.SourceArn,
                records),
            run.Source.Traits,
            now);
        var payload = MappingEvent.Write(records);
        var id = $"{now.ToUnixTimeMilliseconds():x12}-{requestId}";
        var error = attempt?.Result is { FunctionError: not null } result ? ErrorText.Of(result.Payload) : null;
        return (new MappingFailure(id, now, condition, state.ShardId, records.Count, requestId, error, document, payload.Length), payload);
    }

    private Task WaitAsync(TimeSpan pause, CancellationToken stopping) => Task.Delay(pause, _time, stopping);

    private static List<StreamEvent> RecordsOf(LaneBatch batch, Slice slice) =>
        [.. batch.Records.Skip(slice.From).Take(slice.Count)];

    private static void Push(Stack<Slice> work, IReadOnlyList<Slice> next)
    {
        for (var i = next.Count - 1; i >= 0; i--)
        {
            work.Push(next[i]);
        }
    }
}
