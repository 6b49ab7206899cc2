using System.Diagnostics;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>Sends a mapping's events to its function.</summary>
internal sealed class MappingInvoker(FunctionResolver resolver, IFunctionEngine engine, IIdSource ids, TimeProvider time)
{
    private static readonly Uri Nowhere = new("http://localhost");

    /// <summary>A started invocation runs to its end, whoever stops waiting for it.</summary>
    public async Task<MappingAttempt> InvokeAsync(MappingRecord mapping, ReadOnlyMemory<byte> payload, CancellationToken abandoned)
    {
        // What woke the poller is no parent of the invocation.
        Activity.Current = null;
        var requestId = ids.NextGuid().ToString();
        try
        {
            var (target, limits) = await resolver.ResolveAsync(mapping.Function.Name, mapping.Qualifier, CallOf(mapping, requestId));
            var invocation = new Functions.Invocation
            {
                RequestId = requestId,
                Payload = payload,
                InvokedFunctionArn = target.InvokedArn,
                TraceId = TraceIds.Create(target.Version, ids, time.GetUtcNow()),
            };
            var result = await engine.InvokeAsync(target.Spec, invocation, limits, CancellationToken.None).WaitAsync(abandoned);
            return new MappingAttempt(requestId, result, null);
        }
        catch (ResourceNotFoundException)
        {
            return new MappingAttempt(requestId, null, ProcessingResults.NoFunction);
        }
        catch (ThrottledException)
        {
            return new MappingAttempt(requestId, null, ProcessingResults.Throttled);
        }
        catch (Exception refusal) when (refusal is FunctionStartException or LambdaException or StoreException)
        {
            return new MappingAttempt(requestId, null, ProcessingResults.NotStarted);
        }
    }

    private static CallContext CallOf(MappingRecord mapping, string requestId) => new()
    {
        Account = mapping.Function.Account,
        Region = mapping.Function.Region,
        Caller = new Principal(
            PrincipalKind.Service, mapping.Function.Account, "lambda.amazonaws.com", "lambda", ServiceName: "lambda.amazonaws.com", SourceArn: mapping.SourceArn),
        RequestId = requestId,
        Endpoint = Nowhere,
    };
}

/// <summary>What came of sending an event.</summary>
/// <param name="Result">Null when the function was not started.</param>
/// <param name="Problem">Why it was not.</param>
internal sealed record MappingAttempt(string RequestId, InvocationResult? Result, string? Problem);
