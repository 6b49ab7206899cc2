using Petrel.Aws.Lambda;
using Petrel.Server.Edge;
using Petrel.Server.Services.S3.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Events;

/// <summary>Functions that buckets invoke: as the service itself, on behalf of the bucket, which the function's policy must allow.</summary>
/// <param name="lambda">Found when it is first needed: functions take their code from buckets, so that each service knows the other.</param>
internal sealed class FunctionTargets(Lazy<ILambda> lambda, IEnumerable<IResourcePolicySource> policies, IAuthorizer authorizer)
{
    private readonly IResourcePolicySource? _policies = policies.FirstOrDefault(static source => source.Service == "lambda");

    /// <summary>Whether the function is there and may be invoked, without invoking it.</summary>
    /// <exception cref="ServiceException">It is not, or may not.</exception>
    public Task CheckAsync(BucketState bucket, string functionArn, CallContext call) =>
        InvokeAsync(new PendingNotification(functionArn, bucket.Name, bucket.Account, bucket.Region, "{}"), "DryRun", call.RequestId, call.Endpoint);

    /// <summary>Hands the event over to the function's own queue, which is durable too.</summary>
    public Task DeliverAsync(PendingNotification pending, string requestId) => InvokeAsync(pending, "Event", requestId, new Uri("http://localhost:4566"));

    private async Task InvokeAsync(PendingNotification pending, string type, string requestId, Uri endpoint)
    {
        var call = new CallContext
        {
            Account = pending.Account,
            Region = RegionOf(pending.FunctionArn) ?? pending.Region,
            Caller = new Principal(
                PrincipalKind.Service,
                pending.Account,
                "s3.amazonaws.com",
                "s3.amazonaws.com",
                ServiceName: "s3.amazonaws.com",
                SourceArn: $"arn:aws:s3:::{pending.Bucket}"),
            RequestId = requestId,
            Endpoint = endpoint,
        };
        var policy = _policies is null ? null : await _policies.FindPolicyAsync(pending.FunctionArn, call);
        await authorizer.AuthorizeAsync(new AccessCheck("lambda:InvokeFunction", pending.FunctionArn, policy), call);
        await lambda.Value.Invoke(
            new InvokeRequest(pending.FunctionArn, InvocationType: type, Payload: System.Text.Encoding.UTF8.GetBytes(pending.Event)), call);
    }

    private static string? RegionOf(string arn) => arn.Split(':') is [_, _, _, { Length: > 0 } region, ..] ? region : null;
}
