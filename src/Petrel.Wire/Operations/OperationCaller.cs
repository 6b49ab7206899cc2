using System.Reflection;

namespace Petrel.Wire.Operations;

/// <summary>Calls one method of a contract through a delegate that is made once.</summary>
internal abstract class OperationCaller
{
    public abstract ValueTask<object?> CallAsync(object service, object request, CallContext call);

    public static OperationCaller Create(MethodInfo method, Type request, Type? result)
    {
        var caller = result is null
            ? typeof(VoidCaller<,>).MakeGenericType(method.DeclaringType!, request)
            : typeof(ResultCaller<,,>).MakeGenericType(method.DeclaringType!, request, result);
        return (OperationCaller)Activator.CreateInstance(caller, method)!;
    }
}

internal sealed class ResultCaller<TContract, TRequest, TResult>(MethodInfo method) : OperationCaller
    where TContract : class
{
    private readonly Func<TContract, TRequest, CallContext, Task<TResult>> _call =
        method.CreateDelegate<Func<TContract, TRequest, CallContext, Task<TResult>>>();

    public override async ValueTask<object?> CallAsync(object service, object request, CallContext call) =>
        await _call((TContract)service, (TRequest)request, call);
}

internal sealed class VoidCaller<TContract, TRequest>(MethodInfo method) : OperationCaller
    where TContract : class
{
    private readonly Func<TContract, TRequest, CallContext, Task> _call =
        method.CreateDelegate<Func<TContract, TRequest, CallContext, Task>>();

    public override async ValueTask<object?> CallAsync(object service, object request, CallContext call)
    {
        await _call((TContract)service, (TRequest)request, call);
        return null;
    }
}
