using System.Runtime.InteropServices;
using System.Text;

namespace Petrel.Wasm.Wasmtime;

/// <summary>The one engine of the process. What it compiles runs in every engine with the same settings, on the same processor.</summary>
internal static unsafe class Engine
{
    static Engine()
    {
        NativeLibrary.SetDllImportResolver(
            typeof(Engine).Assembly,
            static (name, assembly, path) => name == "wasmtime"
                ? NativeLibrary.Load(System.IO.Path.Combine(AppContext.BaseDirectory, "libwasmtime.so"))
                : nint.Zero);
        var config = Native.wasm_config_new();
        Native.wasmtime_config_wasm_threads_set(config, 0); // WASI has no way to start one; shared memory has no limit of ours.
        Native.wasmtime_config_wasm_component_model_set(config, 1);
        Native.wasmtime_config_parallel_compilation_set(config, 0); // A deployment must not take all processors from running functions.
        Native.wasmtime_config_native_unwind_info_set(config, 0); // Wasmtime finds its own frames; others' unwinding ends at them.
        Handle = Native.wasm_engine_new_with_config(config);
    }

    public static nint Handle { get; }

    /// <summary>Throws for an error of Wasmtime, which is freed.</summary>
    public static void Check(nint error, string type)
    {
        if (error != 0)
        {
            throw new FunctionException(type, TakeMessage(error).Trim());
        }
    }

    public static string TakeMessage(nint error)
    {
        Bytes message;
        Native.wasmtime_error_message(error, &message);
        Native.wasmtime_error_delete(error);
        return Take(message);
    }

    public static string TakeTrap(nint trap)
    {
        Bytes message;
        Native.wasm_trap_message(trap, &message);
        Native.wasm_trap_delete(trap);
        return Take(message).TrimEnd('\0');
    }

    private static string Take(Bytes message)
    {
        var text = Encoding.UTF8.GetString(message.Span);
        Native.wasm_byte_vec_delete(&message);
        return text;
    }
}
