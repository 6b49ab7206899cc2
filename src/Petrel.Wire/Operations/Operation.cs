using System.Reflection;
using Petrel.Wire.Rest;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Operations;

/// <summary>One operation of a service: its shapes, its place in HTTP, its access rule and its call. Shapes are built when it is first used.</summary>
public sealed class Operation
{
    /// <summary>What Lambda takes as an invocation's payload, and no other operation without a limit of its own needs more.</summary>
    public const int DefaultMaxBodyBytes = 6_291_456;

    private readonly MethodInfo _method;

    internal Operation(ServiceTable service, MethodInfo method)
    {
        _method = method;
        Service = service;
        Name = method.Name;
        Access = method.GetCustomAttribute<AccessAttribute>();
        Http = method.GetCustomAttribute<HttpAttribute>() is { } http ? RestTemplate.Parse(http.Method, http.Path, http.Status, http.Header) : null;
        var limit = method.GetCustomAttribute<BodyLimitAttribute>();
        (MaxBodyBytes, BodyTooLargeError) = (limit?.Bytes ?? DefaultMaxBodyBytes, limit?.Error);
        Action = $"{service.ActionPrefix}:{Access?.Action ?? Name}";
    }

    public ServiceTable Service { get; }

    public string Name { get; }

    /// <summary>The action in policies: <c>lambda:InvokeFunction</c>.</summary>
    public string Action { get; }

    public AccessAttribute? Access { get; }

    public long MaxBodyBytes { get; }

    /// <summary>The error that answers a larger body; null for the services' common one.</summary>
    public string? BodyTooLargeError { get; }

    public RestTemplate? Http { get; }

    public RecordShape Request => field ??= new RecordShape(RequestType, Service.Shapes, Http?.Labels ?? []);

    /// <summary>Null where the answer has no members.</summary>
    public RecordShape? Result => ResultType is { } type ? field ??= new RecordShape(type, Service.Shapes, []) : null;

    private OperationCaller Caller => field ??= OperationCaller.Create(_method, RequestType, ResultType);

    private Type RequestType => field ??= _method.GetParameters() is [var request, var call] && call.ParameterType == typeof(CallContext)
        ? request.ParameterType
        : throw Malformed();

    private Type? ResultType => _method.ReturnType == typeof(Task)
        ? null
        : _method.ReturnType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Task<>)
            ? type.GetGenericArguments()[0]
            : throw Malformed();

    /// <summary>Calls the service; null where the answer has no members.</summary>
    public ValueTask<object?> CallAsync(object service, object request, CallContext call) => Caller.CallAsync(service, request, call);

    /// <summary>Builds everything that is otherwise built late, so that a test finds a contract that cannot travel.</summary>
    public void Prepare()
    {
        _ = Caller;
        Touch(Request, []);
        if (Result is { } result)
        {
            Touch(result, []);
        }
    }

    public override string ToString() => Action;

    private static void Touch(Shape shape, HashSet<Shape> seen)
    {
        if (!seen.Add(shape))
        {
            return;
        }

        switch (shape)
        {
            case RecordShape record:
                foreach (var member in record.Members)
                {
                    Touch(member.Shape, seen);
                    foreach (var constraint in member.Constraints)
                    {
                        constraint.Prepare();
                    }
                }

                break;
            case ListShape list:
                Touch(list.Element, seen);
                break;
            case MapShape map:
                Touch(map.Value, seen);
                break;
        }
    }

    private ContractException Malformed() =>
        new($"{_method.DeclaringType}.{_method.Name} is not of the form Task<TResult> Operation(TRequest request, CallContext call).");
}
