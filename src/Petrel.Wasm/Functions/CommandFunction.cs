using System.Text;
using Petrel.Wasm.Wasmtime;

namespace Petrel.Wasm.Functions;

/// <summary>A WASI program: the event is its standard input, the answer its standard output. Each invocation has an instance of its own.</summary>
internal sealed unsafe class CommandFunction : IFunction
{
    private readonly Wasi _wasi;
    private readonly Output _output = new();
    private readonly nint _module;
    private readonly nint _prepared;
    private readonly long _memoryBytes;
    private nint _store;

    public CommandFunction(Assignment assignment)
    {
        _wasi = new Wasi(assignment);
        _memoryBytes = assignment.MemoryBytes;
        nint module, prepared;
        fixed (byte* path = Encoding.UTF8.GetBytes(assignment.Compiled + '\0'))
        {
            Engine.Check(Native.wasmtime_module_deserialize_file(Engine.Handle, path, &module), "Runtime.InvalidModule");
        }

        Engine.Check(Native.wasmtime_linker_instantiate_pre(Linker.Commands, module, &prepared), "Runtime.ImportError");
        (_module, _prepared) = (module, prepared);
    }

    public Answer Invoke(in InvocationFrame invocation)
    {
        _store = Native.wasmtime_store_new(Engine.Handle, 0, 0);
        Native.wasmtime_store_limiter(_store, _memoryBytes, Limits.TableElements, Limits.Instances, Limits.Tables, Limits.Memories);
        var context = Native.wasmtime_store_context(_store);
        try
        {
            _wasi.Configure(context, invocation, invocation.Payload.Span, _output);
            var status = Run(context);
            return _output.IsTooLong ? TooLarge() : status == 0 ? new Answer(_output.Read(), IsError: false) : throw new FunctionException(
                "Runtime.ExitError", $"RequestId: {invocation.RequestId} Error: Runtime exited with error: exit status {status}");
        }
        catch (FunctionException problem)
        {
            return _output.IsTooLong ? TooLarge() : new Answer(problem.Body, IsError: true);
        }
    }

    public void Finish()
    {
        Native.wasmtime_store_delete(_store);
        _store = 0;
    }

    public void Dispose()
    {
        Native.wasmtime_instance_pre_delete(_prepared);
        Native.wasmtime_module_delete(_module);
        _output.Dispose();
    }

    private static Answer TooLarge() => new(FunctionException.TooLarge().Body, IsError: true);

    private int Run(nint context)
    {
        Instance instance = default;
        nint trap = 0;
        var error = Native.wasmtime_instance_pre_instantiate(_prepared, context, &instance, &trap);
        if (error == 0 && trap == 0)
        {
            var start = Export(context, &instance, "_start"u8);
            error = Native.wasmtime_func_call(context, &start.Function, null, 0, null, 0, &trap);
        }

        if (error == 0 && trap == 0)
        {
            return 0;
        }

        int status;
        if (error != 0 && Native.wasmtime_error_exit_status(error, &status) != 0)
        {
            Native.wasmtime_error_delete(error);
            return status;
        }

        var problem = Traps.Read(trap != 0 ? Engine.TakeTrap(trap) : Engine.TakeMessage(error));
        throw IsMemoryUsedUp(context, &instance) ? problem.As("Runtime.OutOfMemory") : problem;
    }

    /// <summary>Programs rarely tell that they got no more memory: most just trap. One that has nearly all of it is taken to have failed by that.</summary>
    private bool IsMemoryUsedUp(nint context, Instance* instance)
    {
        if (instance->Store == 0)
        {
            return false;
        }

        var memory = Export(context, instance, "memory"u8);
        return memory.Kind == Extern.IsMemory && (long)Native.wasmtime_memory_data_size(context, &memory.Memory) > _memoryBytes / 16 * 15;
    }

    private static Extern Export(nint context, Instance* instance, ReadOnlySpan<byte> name)
    {
        Extern export;
        fixed (byte* text = name)
        {
            return Native.wasmtime_instance_export_get(context, instance, text, (nuint)name.Length, &export) != 0 ? export : new Extern { Kind = byte.MaxValue };
        }
    }
}
