using System.Text;
using Petrel.Wasm.Wasmtime;

namespace Petrel.Wasm.Functions;

/// <summary>Looks at what a compiled module or component imports and exports, without running anything of it.</summary>
internal static unsafe class Exports
{
    private static readonly string[] Provided = ["wasi:cli/", "wasi:clocks/", "wasi:filesystem/", "wasi:io/", "wasi:random/", "wasi:sockets/"];

    public static bool HasStart(nint module)
    {
        Vector exports;
        Native.wasmtime_module_exports(module, &exports);
        for (nuint i = 0; i < exports.Length; i++)
        {
            var export = exports.Data[i];
            if (Native.wasm_exporttype_name(export)->Span.SequenceEqual("_start"u8)
                && Native.wasm_externtype_kind(Native.wasm_exporttype_type(export)) == Extern.IsFunction)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Only interfaces of WASI are imported, and the handler has the form that docs/wasm.md tells.</summary>
    public static void CheckComponent(nint component, string export)
    {
        var type = Native.wasmtime_component_type(component);
        var count = Native.wasmtime_component_type_import_count(type, Engine.Handle);
        for (nuint i = 0; i < count; i++)
        {
            byte* name;
            nuint length;
            nint import;
            _ = Native.wasmtime_component_type_import_nth(type, Engine.Handle, i, &name, &length, &import);
            var text = Encoding.UTF8.GetString(name, (int)length);
            if (!Array.Exists(Provided, p => text.StartsWith(p, StringComparison.Ordinal)))
            {
                throw new FunctionException("Runtime.InvalidModule", $"The component imports {text}, which functions are not given");
            }
        }

        if (!IsHandler(type, Encoding.UTF8.GetBytes(export)))
        {
            throw new FunctionException(
                "Runtime.InvalidModule", $"The component exports no {export}: func(event: string) -> string, or -> result<string, string>");
        }
    }

    private static bool IsHandler(nint type, byte[] name)
    {
        nint export;
        ComponentItem item;
        HandlerType parameter, result, ok, error;
        byte* parameterName;
        nuint length;
        fixed (byte* text = name)
        {
            if (Native.wasmtime_component_type_export_get(type, Engine.Handle, text, (nuint)name.Length, &export) == 0)
            {
                return false;
            }
        }

        Native.wasmtime_component_extern_type(export, &item);
        return item.Kind == ComponentItem.IsFunction
            && Native.wasmtime_component_func_type_param_count(item.Type) == 1
            && Native.wasmtime_component_func_type_param_nth(item.Type, 0, &parameterName, &length, &parameter) != 0
            && parameter.Kind == Value.String
            && Native.wasmtime_component_func_type_result(item.Type, &result) != 0
            && (result.Kind == Value.String
                || (result.Kind == Value.Result
                    && Native.wasmtime_component_result_type_ok(result.Type, &ok) != 0 && ok.Kind == Value.String
                    && Native.wasmtime_component_result_type_err(result.Type, &error) != 0 && error.Kind == Value.String));
    }
}
