using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Async;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Invocation;

/// <summary>The operations that run functions.</summary>
internal sealed class InvocationApi(
    FunctionResolver resolver,
    IFunctionEngine engine,
    AsyncInvocations events,
    IIdSource ids,
    TimeProvider time)
{
    private const string Tail = "Tail";

    public async Task<InvokeResult> InvokeAsync(InvokeRequest request, CallContext call)
    {
        RejectUnsupported(request.DurableExecutionName, request.TenantId);
        var asynchronous = request.InvocationType == "Event";
        var payload = InvocationLimits.CheckEvent(
            request.Payload,
            asynchronous ? InvocationLimits.MaxAsynchronousBytes : InvocationLimits.MaxSynchronousBytes);
        var (target, limits) = await resolver.ResolveAsync(request.FunctionName, request.Qualifier, call);
        if (request.InvocationType == "DryRun")
        {
            return new InvokeResult(204);
        }

        if (asynchronous)
        {
            await events.EnqueueAsync(target, payload, call);
            return new InvokeResult(202);
        }

        var invocation = Describe(target, payload, call) with
        {
            ClientContext = request.ClientContext,
            WantLogTail = request.LogType == Tail,
        };
        try
        {
            var result = await engine.InvokeAsync(target.Spec, invocation, limits, call.Aborted);
            var log = result.LogTail.IsEmpty ? null : Convert.ToBase64String(result.LogTail.Span);
            return new InvokeResult(200, result.Payload, result.FunctionError, log, result.ExecutedVersion);
        }
        catch (ThrottledException throttled)
        {
            throw InvocationErrors.ToServiceException(throttled);
        }
        catch (FunctionStartException failure)
        {
            throw InvocationErrors.ToServiceException(failure);
        }
    }

    public async Task<InvokeWithResponseStreamResult> StreamAsync(InvokeWithResponseStreamRequest request, CallContext call)
    {
        RejectUnsupported(durableExecution: null, request.TenantId);
        var payload = InvocationLimits.CheckEvent(request.Payload, InvocationLimits.MaxSynchronousBytes);
        var (target, limits) = await resolver.ResolveAsync(request.FunctionName, request.Qualifier, call);
        if (request.InvocationType == "DryRun")
        {
            return new InvokeWithResponseStreamResult(204, AsyncEnumerable.Empty<InvokeStreamEvent>());
        }

        var answer = new EventStreamAnswer();
        var invocation = Describe(target, payload, call) with
        {
            ClientContext = request.ClientContext,
            WantLogTail = request.LogType == Tail,
            ResponseStream = answer,
        };
        var running = RunStreamAsync(target, invocation, limits, answer, call);
        if (await Task.WhenAny(answer.Started, running) == running)
        {
            // Nothing was sent: an invocation that was not started is an error of the call, not of the stream.
            await running;
        }

        var contentType = answer.Started.IsCompleted ? await answer.Started : "application/json";
        return new InvokeWithResponseStreamResult(200, answer.ReadAsync(running), target.Spec.Version, contentType);
    }

    public async Task<InvokeAsyncResult> EnqueueAsync(InvokeAsyncRequest request, CallContext call)
    {
        var payload = InvocationLimits.CheckEvent(request.InvokeArgs, InvocationLimits.MaxAsynchronousBytes);
        var (target, _) = await resolver.ResolveAsync(request.FunctionName, null, call);
        await events.EnqueueAsync(target, payload, call);
        return new InvokeAsyncResult(202);
    }

    private async Task<InvocationResult> RunStreamAsync(
        ResolvedFunction target,
        Functions.Invocation invocation,
        AdmissionLimits limits,
        EventStreamAnswer answer,
        CallContext call)
    {
        await using var gone = call.Aborted.Register(answer.Close);
        try
        {
            return await engine.InvokeAsync(target.Spec, invocation, limits, call.Aborted);
        }
        catch (ThrottledException throttled)
        {
            throw InvocationErrors.ToServiceException(throttled);
        }
        catch (FunctionStartException failure) when (!answer.Started.IsCompleted)
        {
            throw InvocationErrors.ToServiceException(failure);
        }
        finally
        {
            answer.Close();
        }
    }

    private Functions.Invocation Describe(ResolvedFunction target, ReadOnlyMemory<byte> payload, CallContext call) => new()
    {
        RequestId = call.RequestId,
        Payload = payload,
        InvokedFunctionArn = target.InvokedArn,
        TraceId = TraceIds.Create(target.Version, ids, time.GetUtcNow()),
    };

    /// <summary>What has no effect here is refused by name.</summary>
    private static void RejectUnsupported(string? durableExecution, string? tenant)
    {
        if (durableExecution is not null)
        {
            throw new InvalidParameterValueException("DurableExecutionName is not supported: functions here have no durable executions.");
        }

        if (tenant is not null)
        {
            throw new InvalidParameterValueException("TenantId is not supported: functions here have no tenant isolation.");
        }
    }
}
