using System.Text;
using Petrel.Wasm.Wasmtime;

namespace Petrel.Wasm.Functions;

/// <summary>
/// A component with an exported handler. Its instance stays from one invocation to the next, as a Lambda instance does; one that
/// trapped is replaced, since nothing is known of the state in which it was left.
/// </summary>
internal sealed unsafe class ComponentFunction : IFunction
{
    private readonly Wasi _wasi;
    private readonly nint _component;
    private readonly nint _export;
    private readonly string _exportName;
    private readonly long _memoryBytes;
    private nint _store;
    private Wasmtime.ComponentFunction _handler;

    public ComponentFunction(Assignment assignment)
    {
        _wasi = new Wasi(assignment);
        _memoryBytes = assignment.MemoryBytes;
        _exportName = assignment.HandlerName;
        nint component;
        fixed (byte* path = Encoding.UTF8.GetBytes(assignment.Compiled + '\0'))
        {
            Engine.Check(Native.wasmtime_component_deserialize_file(Engine.Handle, path, &component), "Runtime.InvalidModule");
        }

        _component = component;
        fixed (byte* name = Encoding.UTF8.GetBytes(_exportName))
        {
            _export = Native.wasmtime_component_get_export_index(component, 0, name, (nuint)Encoding.UTF8.GetByteCount(_exportName));
        }

        Instantiate(default); // Its start belongs to the initialisation.
    }

    public Answer Invoke(in InvocationFrame invocation)
    {
        try
        {
            if (_store == 0)
            {
                Instantiate(invocation);
            }

            return Call(invocation.Payload.Span);
        }
        catch (FunctionException problem)
        {
            return new Answer(problem.Body, IsError: true);
        }
    }

    public void Finish()
    {
    }

    public void Dispose()
    {
        if (_store != 0)
        {
            Native.wasmtime_store_delete(_store);
        }

        Native.wasmtime_component_export_index_delete(_export);
        Native.wasmtime_component_delete(_component);
    }

    private void Instantiate(in InvocationFrame invocation)
    {
        _store = Native.wasmtime_store_new(Engine.Handle, 0, 0);
        Native.wasmtime_store_limiter(_store, _memoryBytes, Limits.TableElements, Limits.Instances, Limits.Tables, Limits.Memories);
        var context = Native.wasmtime_store_context(_store);
        _wasi.Configure(context, invocation, default, output: null);
        ComponentInstance instance;
        Wasmtime.ComponentFunction handler;
        var error = Native.wasmtime_component_linker_instantiate(Linker.Components, context, _component, &instance);
        if (error != 0)
        {
            throw Discard(error);
        }

        if (_export == 0 || Native.wasmtime_component_instance_get_func(&instance, context, _export, &handler) == 0)
        {
            throw new FunctionException("Runtime.HandlerNotFound", $"The component exports no function {_exportName}");
        }

        _handler = handler;
    }

    private Answer Call(ReadOnlySpan<byte> payload)
    {
        Value argument = default, result = default;
        argument.Kind = Value.String;
        fixed (byte* data = payload)
        fixed (Wasmtime.ComponentFunction* handler = &_handler)
        {
            Native.wasm_byte_vec_new(&argument.Text, (nuint)payload.Length, data);
            var error = Native.wasmtime_component_func_call(handler, Native.wasmtime_store_context(_store), &argument, 1, &result, 1);
            Native.wasmtime_component_val_delete(&argument);
            if (error != 0)
            {
                throw Discard(error);
            }
        }

        try
        {
            return result.Kind switch
            {
                Value.String => Text(&result, isError: false),
                Value.Result when result.Inner is not null && result.Inner->Kind == Value.String => Text(result.Inner, result.IsOk == 0),
                _ => throw new FunctionException("Runtime.InvalidResponse", $"The component's function {_exportName} returned no string"),
            };
        }
        finally
        {
            Native.wasmtime_component_val_delete(&result);
        }
    }

    /// <summary>An error's text is its message, unless it is an error's body already.</summary>
    private static Answer Text(Value* value, bool isError)
    {
        var text = value->Text.Span;
        if (text.Length > Output.MaxBytes)
        {
            throw FunctionException.TooLarge();
        }

        return isError && !text.StartsWith("{"u8)
            ? throw new FunctionException("Error", Encoding.UTF8.GetString(text))
            : new Answer(text.ToArray(), isError);
    }

    private FunctionException Discard(nint error)
    {
        int status;
        var exited = Native.wasmtime_error_exit_status(error, &status) != 0;
        var text = Engine.TakeMessage(error);
        Native.wasmtime_store_delete(_store);
        _store = 0;
        return exited ? new FunctionException("Runtime.ExitError", $"Runtime exited with error: exit status {status}") : Traps.Read(text);
    }
}
