using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2015-03-31/functions/{FunctionName}/invocations"), Access("function:{FunctionName}", Action = "InvokeFunction")]
    [BodyLimit(6_291_456, Error = nameof(RequestTooLargeException))]
    Task<InvokeResult> Invoke(InvokeRequest request, CallContext call);

    [Http("POST", "/2021-11-15/functions/{FunctionName}/response-streaming-invocations")]
    [Access("function:{FunctionName}", Action = "InvokeFunction"), BodyLimit(6_291_456, Error = nameof(RequestTooLargeException))]
    Task<InvokeWithResponseStreamResult> InvokeWithResponseStream(InvokeWithResponseStreamRequest request, CallContext call);

    [Http("POST", "/2014-11-13/functions/{FunctionName}/invoke-async", Status = 202)]
    [Access("function:{FunctionName}", Action = "InvokeFunction"), BodyLimit(1_048_576, Error = nameof(RequestTooLargeException))]
    Task<InvokeAsyncResult> InvokeAsync(InvokeAsyncRequest request, CallContext call);
}

public sealed record InvokeRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [InHeader("X-Amz-Invocation-Type"), OneOf("Event", "RequestResponse", "DryRun")] string? InvocationType = null,
    [InHeader("X-Amz-Log-Type"), OneOf("None", "Tail")] string? LogType = null,
    [InHeader("X-Amz-Client-Context")] string? ClientContext = null,
    [InHeader("X-Amz-Durable-Execution-Name"), Length(1, 64)] string? DurableExecutionName = null,
    [Payload] ReadOnlyMemory<byte> Payload = default,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null,
    [InHeader("X-Amz-Tenant-Id"), Length(1, 256), Pattern(LambdaPatterns.TenantId)] string? TenantId = null);

public sealed record InvokeResult(
    [StatusCode] int StatusCode,
    [Payload] ReadOnlyMemory<byte> Payload = default,
    [InHeader("X-Amz-Function-Error")] string? FunctionError = null,
    [InHeader("X-Amz-Log-Result")] string? LogResult = null,
    [InHeader("X-Amz-Executed-Version")] string? ExecutedVersion = null);

public sealed record InvokeWithResponseStreamRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [InHeader("X-Amz-Invocation-Type"), OneOf("RequestResponse", "DryRun")] string? InvocationType = null,
    [InHeader("X-Amz-Log-Type"), OneOf("None", "Tail")] string? LogType = null,
    [InHeader("X-Amz-Client-Context")] string? ClientContext = null,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null,
    [Payload] ReadOnlyMemory<byte> Payload = default,
    [InHeader("X-Amz-Tenant-Id"), Length(1, 256), Pattern(LambdaPatterns.TenantId)] string? TenantId = null);

/// <param name="EventStream">Chunks of the answer and, at its end, one <see cref="InvokeComplete"/>.</param>
public sealed record InvokeWithResponseStreamResult(
    [StatusCode] int StatusCode,
    [EventStream] IAsyncEnumerable<InvokeStreamEvent> EventStream,
    [InHeader("X-Amz-Executed-Version")] string? ExecutedVersion = null,
    [InHeader("Content-Type")] string? ResponseStreamContentType = null);

/// <summary>What an answer's stream consists of.</summary>
public abstract record InvokeStreamEvent;

public sealed record PayloadChunk([Payload] ReadOnlyMemory<byte> Payload) : InvokeStreamEvent;

/// <param name="LogResult">The last 4 KB of the log, base64, when asked for.</param>
public sealed record InvokeComplete(string? ErrorCode = null, string? ErrorDetails = null, string? LogResult = null) : InvokeStreamEvent;

public sealed record InvokeAsyncRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [Payload] ReadOnlyMemory<byte> InvokeArgs);

public sealed record InvokeAsyncResult([StatusCode] int Status);
