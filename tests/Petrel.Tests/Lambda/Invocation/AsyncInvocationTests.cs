using System.Text.Json;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Testing;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class AsyncInvocationTests
{
    private readonly InvocationFixture _lambda = new();

    private int Runs => _lambda.Engine.Invocations.Count;

    [Fact]
    public async Task Event_OfAFunction_IsAcceptedAndRuns()
    {
        await _lambda.AddFunctionAsync("f", null, 1, new AliasRecord("live", "1", "", "r"));
        var answer = await SendAsync("f:live", """{"a":1}""");
        Assert.Equal(202, answer.StatusCode);
        Assert.Null(answer.ExecutedVersion);
        await _lambda.AdvanceUntilAsync(() => Runs == 1);
        var (spec, invocation) = _lambda.Engine.Invocations.Single();
        Assert.Equal(("1", """{"a":1}"""), (spec.Version, InvocationFixture.Text(invocation.Payload)));
        Assert.EndsWith(":f:live", invocation.InvokedFunctionArn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_LegacyOperation_IsAcceptedAndRuns()
    {
        await _lambda.AddFunctionAsync("f");
        var answer = await _lambda.Api.EnqueueAsync(new InvokeAsyncRequest("f", "{}"u8.ToArray()), InvocationFixture.Call());
        Assert.Equal(202, answer.Status);
        await _lambda.AdvanceUntilAsync(() => Runs == 1);
    }

    [Fact]
    public async Task Event_FunctionFails_RunsThreeTimesWithTheSameRequestId()
    {
        await _lambda.AddFunctionAsync("f");
        var times = new List<DateTimeOffset>();
        _lambda.Engine.Script("f", (_, _, _) =>
        {
            times.Add(_lambda.Clock.GetUtcNow());
            return Task.FromResult(FunctionAnswer.Error("no"));
        });
        await SendAsync("f");
        await _lambda.AdvanceUntilAsync(() => Runs == 3);
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0);
        Assert.Equal(3, Runs);
        Assert.Single(_lambda.Engine.Invocations.Select(i => i.Invocation.RequestId).Distinct());
        Assert.InRange(times[1] - times[0], TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(110));
        Assert.InRange(times[2] - times[1], TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(200));
    }

    [Fact]
    public async Task Event_RetriesConfiguredAway_RunsOnce()
    {
        var function = await _lambda.AddFunctionAsync("f");
        await ConfigureAsync(function, new EventInvokeRecord("$LATEST", default, 0, null, null, null));
        _lambda.Engine.Script("f", _ => FunctionAnswer.Error("no"));
        await SendAsync("f");
        await _lambda.AdvanceUntilAsync(() => Runs == 1 && _lambda.Pollers.Count == 0);
        Assert.Equal(1, Runs);
    }

    [Fact]
    public async Task Event_Throttled_WaitsUntilThereIsRoom()
    {
        var function = await _lambda.AddFunctionAsync("f", f => f with { ReservedConcurrency = 0 });
        await SendAsync("f");
        for (var second = 0; second < 120; second++)
        {
            _lambda.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, Runs);
        await _lambda.WriteAsync(tx => FunctionStore.Put(tx, function with { ReservedConcurrency = null }));
        await _lambda.AdvanceUntilAsync(() => Runs == 1);
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0);
        Assert.Equal(1, Runs);
    }

    [Fact]
    public async Task Event_ThrottledBeyondItsAge_IsGivenUp()
    {
        var function = await _lambda.AddFunctionAsync("f", f => f with { ReservedConcurrency = 0 });
        await ConfigureAsync(function, new EventInvokeRecord("$LATEST", default, null, 60, null, null));
        await SendAsync("f");
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0);
        Assert.Equal(0, Runs);
    }

    [Fact]
    public async Task Event_DaemonStopsInTheMiddle_RunsAgainAfterTheNextStart()
    {
        await _lambda.AddFunctionAsync("f");
        var never = new TaskCompletionSource<FunctionAnswer>();
        _lambda.Engine.Script("f", (_, _, _) => never.Task);
        await SendAsync("f", "1");
        await SendAsync("f", "2");
        await _lambda.AdvanceUntilAsync(() => Runs == 2);
        await _lambda.Pollers.StopAsync(default);

        var next = new InvocationFixture(_lambda);
        await next.Pollers.StartAsync(default);
        await next.AdvanceUntilAsync(() => next.Engine.Invocations.Count == 2 && next.Pollers.Count == 0);
        Assert.Equal(["1", "2"], next.Engine.Invocations.Select(i => InvocationFixture.Text(i.Invocation.Payload)).Order());
    }

    [Fact]
    public async Task Event_RunsLongerThanItsLease_RunsOnce()
    {
        await _lambda.AddFunctionAsync("f");
        var end = new TaskCompletionSource<FunctionAnswer>();
        _lambda.Engine.Script("f", (_, _, _) => end.Task);
        await SendAsync("f");
        await _lambda.AdvanceUntilAsync(() => Runs == 1);
        var until = _lambda.Clock.GetUtcNow().AddMinutes(1);
        await _lambda.AdvanceUntilAsync(() => _lambda.Clock.GetUtcNow() > until);
        end.SetResult(FunctionAnswer.Of("1"));
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0);
        Assert.Equal(1, Runs);
    }

    [Fact]
    public async Task Events_ManyAtOnce_AllRunWithBoundedConcurrency()
    {
        await _lambda.AddFunctionAsync("f");
        var (now, most) = (0, 0);
        _lambda.Engine.Script("f", async (_, _, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return FunctionAnswer.Of("1");
        });
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => SendAsync("f", $"{i}")));
        await _lambda.AdvanceUntilAsync(() => Runs == 300 && _lambda.Pollers.Count == 0);
        Assert.Equal(300, _lambda.Engine.Invocations.Select(i => InvocationFixture.Text(i.Invocation.Payload)).Distinct().Count());
        Assert.InRange(most, 1, 128);
    }

    [Fact]
    public async Task Events_OfAFunctionWithOnePlace_RunOneAfterTheOtherWithoutLongPauses()
    {
        await _lambda.AddFunctionAsync("f", f => f with { ReservedConcurrency = 1 });
        _lambda.Engine.Script("f", async (_, _, cancellation) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(20), _lambda.Clock, cancellation);
            return FunctionAnswer.Of("1");
        });
        var start = _lambda.Clock.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync("f")));
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0);
        Assert.Equal(8, Runs);
        Assert.InRange(_lambda.Clock.GetUtcNow() - start, TimeSpan.FromSeconds(160), TimeSpan.FromSeconds(400));
    }

    [Fact]
    public async Task Events_BeyondTheBoundOfTheQueue_AreRefused()
    {
        await _lambda.AddFunctionAsync("f", f => f with { ReservedConcurrency = 0 });
        await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => SendAsync("f")));
        var error = await Assert.ThrowsAsync<TooManyRequestsException>(() => SendAsync("f"));
        Assert.Equal("Rate Exceeded. 400 events wait for the function.", error.Message);
    }

    [Fact]
    public async Task Event_AliasIsDeletedMeanwhile_IsDroppedAndOthersRun()
    {
        var function = await _lambda.AddFunctionAsync("f", f => f with { ReservedConcurrency = 0 }, 1, new AliasRecord("live", "1", "", "r"));
        await SendAsync("f:live");
        await SendAsync("f");
        await _lambda.WriteAsync(tx =>
        {
            AliasStore.Aliases.Remove(tx, function, "live");
            FunctionStore.Put(tx, function with { ReservedConcurrency = null });
        });
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0);
        Assert.EndsWith(":function:f", _lambda.Engine.Invocations.Single().Invocation.InvokedFunctionArn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_Succeeds_ItsRecordReachesTheDestination()
    {
        var function = await _lambda.AddFunctionAsync("f");
        var destination = await _lambda.AddFunctionAsync("d");
        await ConfigureAsync(function, new EventInvokeRecord("$LATEST", default, null, null, destination.Key.Arn, null));
        _lambda.Engine.Script("f", _ => FunctionAnswer.Of("""{"r":2}"""));
        await SendAsync("f", """{"q":1}""");
        using var record = await RecordAsync();
        var root = record.RootElement;
        Assert.Equal("Success", root.GetProperty("requestContext").GetProperty("condition").GetString());
        Assert.Equal(function.Key.Arn + ":$LATEST", root.GetProperty("requestContext").GetProperty("functionArn").GetString());
        Assert.Equal(1, root.GetProperty("requestContext").GetProperty("approximateInvokeCount").GetInt32());
        Assert.Equal("""{"q":1}""", root.GetProperty("requestPayload").GetRawText());
        Assert.Equal("""{"statusCode":200,"executedVersion":"$LATEST"}""", root.GetProperty("responseContext").GetRawText());
        Assert.Equal("""{"r":2}""", root.GetProperty("responsePayload").GetRawText());
    }

    [Fact]
    public async Task Event_IsGivenUp_ItsRecordSaysWhy()
    {
        var function = await _lambda.AddFunctionAsync("f");
        var destination = await _lambda.AddFunctionAsync("d");
        await ConfigureAsync(function, new EventInvokeRecord("$LATEST", default, 1, null, null, destination.Key.Arn));
        _lambda.Engine.Script("f", _ => FunctionAnswer.Error("no"));
        await SendAsync("f");
        using var record = await RecordAsync();
        var context = record.RootElement.GetProperty("requestContext");
        Assert.Equal("RetriesExhausted", context.GetProperty("condition").GetString());
        Assert.Equal(2, context.GetProperty("approximateInvokeCount").GetInt32());
        Assert.Equal("Unhandled", record.RootElement.GetProperty("responseContext").GetProperty("functionError").GetString());
    }

    [Fact]
    public async Task Event_RoleMayNotInvokeTheDestination_DeliversNothing()
    {
        var function = await _lambda.AddFunctionAsync("f");
        var destination = await _lambda.AddFunctionAsync("d");
        await ConfigureAsync(function, new EventInvokeRecord("$LATEST", default, null, null, destination.Key.Arn, null));
        _lambda.RolesAllow = false;
        await SendAsync("f");
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0 && Runs > 0);
        Assert.Equal("f", _lambda.Engine.Invocations.Single().Spec.Name);
    }

    [Fact]
    public async Task Event_FunctionIsItsOwnDestination_EndsAfterSixteenTurns()
    {
        var function = await _lambda.AddFunctionAsync("f");
        await ConfigureAsync(function, new EventInvokeRecord("$LATEST", default, null, null, function.Key.Arn, null));
        _lambda.Engine.Script("f", _ => FunctionAnswer.Of("1"));
        await SendAsync("f");
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0 && Runs > 0);
        Assert.Equal(17, Runs);
    }

    [Fact]
    public async Task Event_OfAFunctionThatMayLoop_GoesOn()
    {
        var function = await _lambda.AddFunctionAsync("f", f => f with { RecursiveLoop = "Allow" });
        await ConfigureAsync(function, new EventInvokeRecord("$LATEST", default, null, null, function.Key.Arn, null));
        var left = 25;
        _lambda.Engine.Script("f", _ => --left > 0 ? FunctionAnswer.Of("1") : FunctionAnswer.Error("enough"));
        await SendAsync("f");
        await _lambda.AdvanceUntilAsync(() => _lambda.Pollers.Count == 0 && left <= 0);
        Assert.InRange(Runs, 25, 27);
    }

    private Task<InvokeResult> SendAsync(string name, string payload = "{}") =>
        _lambda.InvokeAsync(name, payload, r => r with { InvocationType = "Event" });

    private Task ConfigureAsync(FunctionRecord function, EventInvokeRecord config) =>
        _lambda.WriteAsync(tx => EventInvokeStore.Configs.Put(tx, function, config.Qualifier, config));

    private async Task<JsonDocument> RecordAsync()
    {
        await _lambda.AdvanceUntilAsync(() => _lambda.Engine.Invocations.Any(i => i.Spec.Name == "d"));
        return JsonDocument.Parse(_lambda.Engine.Invocations.Single(i => i.Spec.Name == "d").Invocation.Payload);
    }
}
