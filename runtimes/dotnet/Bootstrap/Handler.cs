using System.Reflection;

namespace Petrel.Bootstrap;

/// <summary>A function's method, ready to be called.</summary>
internal sealed class Handler
{
    private static readonly byte[] NoResult = "null"u8.ToArray();

    private readonly MethodInfo _method;
    private readonly object? _instance;
    private readonly ICodec _codec;
    private readonly Type? _input;
    private readonly bool _wantsContext;
    private readonly Type? _output;
    private readonly MethodInfo? _asTask;
    private readonly PropertyInfo? _taskResult;

    private Handler(MethodInfo method, object? instance, ICodec codec)
    {
        (_method, _instance, _codec) = (method, instance, codec);
        var parameters = method.GetParameters();
        _wantsContext = parameters.Length > 0 && HandlerMethod.IsContext(parameters[^1].ParameterType);
        _input = parameters.Length > (_wantsContext ? 1 : 0) ? parameters[0].ParameterType : null;
        (_output, _asTask, _taskResult) = Result(method.ReturnType);
    }

    public static Handler Load(string taskRoot, string name)
    {
        var (assemblyName, typeName, methodName) = HandlerMethod.Split(name);
        var assembly = new CodeLoader(taskRoot, assemblyName).Load();
        var method = HandlerMethod.Find(assembly, typeName, methodName);
        Log.Connect(assembly);
        return Of(assembly, method);
    }

    public static Handler Of(Assembly assembly, MethodInfo method)
    {
        var instance = method.IsStatic ? null : Create(method.ReflectedType!);
        return new Handler(method, instance, Codecs.For(assembly, method));
    }

    public ReadOnlyMemory<byte> Invoke(ReadOnlyMemory<byte> payload, InvocationHeader invocation)
    {
        var arguments = new object?[(_input is null ? 0 : 1) + (_wantsContext ? 1 : 0)];
        if (_input is not null)
        {
            // The buffer is read into again before a handler may have let go of its stream, so a stream gets a copy.
            arguments[0] = _input == typeof(Stream) || _input == typeof(MemoryStream)
                ? new MemoryStream(payload.ToArray(), writable: false)
                : _codec.Read(payload, _input);
        }

        if (_wantsContext)
        {
            arguments[^1] = MakeContext(invocation);
        }

        var result = _method.Invoke(_instance, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
        return Write(Await(result));
    }

    // Of its own, because its types are in an assembly that a function need not bring.
    private static object MakeContext(InvocationHeader invocation) => new LambdaContext(invocation);

    private object? Await(object? result)
    {
        if (_asTask is not null)
        {
            result = _asTask.Invoke(result, null); // A ValueTask<T>
        }

        switch (result)
        {
            case Task task:
                task.GetAwaiter().GetResult();
                return _taskResult?.GetValue(task);
            case ValueTask task:
                task.GetAwaiter().GetResult();
                return null;
            default:
                return result;
        }
    }

    private ReadOnlyMemory<byte> Write(object? result)
    {
        if (_output is null)
        {
            return NoResult;
        }

        if (result is not Stream stream)
        {
            return _codec.Write(result, _output);
        }

        using (stream)
        {
            if (stream.CanSeek)
            {
                stream.Position = 0;
            }

            var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.GetBuffer().AsMemory(0, (int)copy.Length);
        }
    }

    // What is written of a method's result: nothing of void, Task and ValueTask, else the type of the value.
    private static (Type? Output, MethodInfo? AsTask, PropertyInfo? TaskResult) Result(Type type)
    {
        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask))
        {
            return (null, null, null);
        }

        for (var at = type; at is not null; at = at.BaseType)
        {
            if (at.IsGenericType && at.GetGenericTypeDefinition() == typeof(Task<>))
            {
                return (at.GenericTypeArguments[0], null, at.GetProperty("Result"));
            }
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
        {
            return (type.GenericTypeArguments[0], type.GetMethod("AsTask"), typeof(Task<>).MakeGenericType(type.GenericTypeArguments).GetProperty("Result"));
        }

        return (type, null, null);
    }

    private static object Create(Type type)
    {
        try
        {
            return Activator.CreateInstance(type, nonPublic: true)!;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}
