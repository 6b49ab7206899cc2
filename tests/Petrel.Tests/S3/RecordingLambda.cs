using System.Reflection;
using Petrel.Aws.Lambda;

namespace Petrel.Tests.S3;

/// <summary>Functions that take every invocation and keep what they were given. A proxy is derived from it, so that it cannot be sealed.</summary>
#pragma warning disable MA0053
internal class RecordingLambda : DispatchProxy
{
    private Queue<InvokeRequest> _invocations = new();

    public static ILambda Create(Queue<InvokeRequest> invocations)
    {
        var lambda = Create<ILambda, RecordingLambda>();
        ((RecordingLambda)(object)lambda)._invocations = invocations;
        return lambda;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != nameof(ILambda.Invoke))
        {
            throw new NotSupportedException(targetMethod?.Name);
        }

        var request = (InvokeRequest)args![0]!;
        if (request.InvocationType == "DryRun")
        {
            return request.FunctionName.EndsWith(":gone", StringComparison.Ordinal)
                ? throw new ResourceNotFoundException("Function not found")
                : Task.FromResult(new InvokeResult(204));
        }

        _invocations.Enqueue(request);
        return Task.FromResult(new InvokeResult(202));
    }
}
