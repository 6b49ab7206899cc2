using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Petrel.Wasm.Wasmtime;

/// <summary>
/// The part of Wasmtime's C interface that is used here. Every signature is blittable, so that no marshalling code is made while a function
/// starts. Pointers that own something are freed by their <c>delete</c>.
/// </summary>
internal static unsafe class Native
{
    private const string Library = "wasmtime";

    [DllImport(Library)]
    public static extern nint wasm_config_new();

    [DllImport(Library)]
    public static extern void wasmtime_config_wasm_threads_set(nint config, byte enabled);

    [DllImport(Library)]
    public static extern void wasmtime_config_wasm_component_model_set(nint config, byte enabled);

    [DllImport(Library)]
    public static extern void wasmtime_config_parallel_compilation_set(nint config, byte enabled);

    [DllImport(Library)]
    public static extern void wasmtime_config_native_unwind_info_set(nint config, byte enabled);

    [DllImport(Library)]
    public static extern nint wasm_engine_new_with_config(nint config);

    [DllImport(Library)]
    public static extern nint wasmtime_module_new(nint engine, byte* bytes, nuint length, nint* module);

    [DllImport(Library)]
    public static extern nint wasmtime_module_serialize(nint module, Bytes* serialized);

    [DllImport(Library)]
    public static extern nint wasmtime_module_deserialize_file(nint engine, byte* path, nint* module);

    [DllImport(Library)]
    public static extern void wasmtime_module_delete(nint module);

    [DllImport(Library)]
    public static extern void wasmtime_module_exports(nint module, Vector* exports);

    [DllImport(Library)]
    public static extern Bytes* wasm_exporttype_name(nint export);

    [DllImport(Library)]
    public static extern nint wasm_exporttype_type(nint export);

    [DllImport(Library)]
    public static extern byte wasm_externtype_kind(nint type);

    [DllImport(Library)]
    public static extern nint wasmtime_component_new(nint engine, byte* bytes, nuint length, nint* component);

    [DllImport(Library)]
    public static extern void wasmtime_component_delete(nint component);

    [DllImport(Library)]
    public static extern void wasmtime_component_export_index_delete(nint index);

    [DllImport(Library)]
    public static extern void wasmtime_instance_pre_delete(nint prepared);

    [DllImport(Library)]
    public static extern nint wasmtime_component_serialize(nint component, Bytes* serialized);

    [DllImport(Library)]
    public static extern nint wasmtime_component_deserialize_file(nint engine, byte* path, nint* component);

    [DllImport(Library)]
    public static extern nint wasmtime_component_type(nint component);

    [DllImport(Library)]
    public static extern nuint wasmtime_component_type_import_count(nint type, nint engine);

    [DllImport(Library)]
    public static extern byte wasmtime_component_type_import_nth(nint type, nint engine, nuint index, byte** name, nuint* length, nint* item);

    [DllImport(Library)]
    public static extern byte wasmtime_component_type_export_get(nint type, nint engine, byte* name, nuint length, nint* item);

    [DllImport(Library)]
    public static extern void wasmtime_component_extern_type(nint item, ComponentItem* type);

    [DllImport(Library)]
    public static extern nuint wasmtime_component_func_type_param_count(nint type);

    [DllImport(Library)]
    public static extern byte wasmtime_component_func_type_param_nth(nint type, nuint index, byte** name, nuint* length, HandlerType* value);

    [DllImport(Library)]
    public static extern byte wasmtime_component_func_type_result(nint type, HandlerType* result);

    [DllImport(Library)]
    public static extern byte wasmtime_component_result_type_ok(nint type, HandlerType* ok);

    [DllImport(Library)]
    public static extern byte wasmtime_component_result_type_err(nint type, HandlerType* error);

    [DllImport(Library)]
    public static extern nint wasmtime_linker_new(nint engine);

    [DllImport(Library)]
    public static extern nint wasmtime_linker_define_wasi(nint linker);

    [DllImport(Library)]
    public static extern nint wasmtime_linker_instantiate_pre(nint linker, nint module, nint* prepared);

    [DllImport(Library)]
    public static extern nint wasmtime_instance_pre_instantiate(nint prepared, nint context, Instance* instance, nint* trap);

    [DllImport(Library)]
    public static extern byte wasmtime_instance_export_get(nint context, Instance* instance, byte* name, nuint length, Extern* item);

    [DllImport(Library)]
    public static extern nuint wasmtime_memory_data_size(nint context, void* memory);

    [DllImport(Library)]
    public static extern nint wasmtime_func_call(
        nint context, Function* function, void* arguments, nuint count, void* results, nuint resultCount, nint* trap);

    [DllImport(Library)]
    public static extern nint wasmtime_component_linker_new(nint engine);

    [DllImport(Library)]
    public static extern nint wasmtime_component_linker_add_wasip2(nint linker);

    [DllImport(Library)]
    public static extern nint wasmtime_component_linker_instantiate(nint linker, nint context, nint component, ComponentInstance* instance);

    [DllImport(Library)]
    public static extern nint wasmtime_component_get_export_index(nint component, nint parent, byte* name, nuint length);

    [DllImport(Library)]
    public static extern byte wasmtime_component_instance_get_func(
        ComponentInstance* instance, nint context, nint exportIndex, ComponentFunction* function);

    [DllImport(Library)]
    public static extern nint wasmtime_component_func_call(
        ComponentFunction* function, nint context, Value* arguments, nuint count, Value* results, nuint resultCount);

    [DllImport(Library)]
    public static extern void wasmtime_component_val_delete(Value* value);

    [DllImport(Library)]
    public static extern nint wasmtime_store_new(nint engine, nint data, nint finalizer);

    [DllImport(Library)]
    public static extern nint wasmtime_store_context(nint store);

    [DllImport(Library)]
    public static extern void wasmtime_store_limiter(nint store, long memoryBytes, long tableElements, long instances, long tables, long memories);

    [DllImport(Library)]
    public static extern void wasmtime_store_delete(nint store);

    [DllImport(Library)]
    public static extern nint wasmtime_context_set_wasi(nint context, nint wasi);

    [DllImport(Library)]
    public static extern nint wasi_config_new();

    [DllImport(Library)]
    public static extern byte wasi_config_set_argv(nint config, nuint count, byte** arguments);

    [DllImport(Library)]
    public static extern byte wasi_config_set_env(nint config, nuint count, byte** names, byte** values);

    [DllImport(Library)]
    public static extern void wasi_config_set_stdin_bytes(nint config, Bytes* content);

    [DllImport(Library)]
    public static extern byte wasi_config_set_stdout_file(nint config, byte* path);

    [DllImport(Library)]
    public static extern void wasi_config_inherit_stdout(nint config);

    [DllImport(Library)]
    public static extern void wasi_config_inherit_stderr(nint config);

    [DllImport(Library)]
    public static extern byte wasi_config_preopen_dir(nint config, byte* path, byte* guestPath, byte mutable);

    [DllImport(Library)]
    public static extern void wasm_byte_vec_new(Bytes* bytes, nuint length, byte* data);

    [DllImport(Library)]
    public static extern void wasm_byte_vec_delete(Bytes* bytes);

    [DllImport(Library)]
    public static extern void wasm_trap_message(nint trap, Bytes* message);

    [DllImport(Library)]
    public static extern void wasm_trap_delete(nint trap);

    [DllImport(Library)]
    public static extern void wasmtime_error_message(nint error, Bytes* message);

    [DllImport(Library)]
    public static extern byte wasmtime_error_exit_status(nint error, int* status);

    [DllImport(Library)]
    public static extern void wasmtime_error_delete(nint error);
}

/// <summary>Bytes in Wasmtime's memory; also a string.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Bytes
{
    public nuint Length;
    public byte* Data;

    public readonly ReadOnlySpan<byte> Span => new(Data, (int)Length);
}

/// <summary>Pointers in Wasmtime's memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Vector
{
    public nuint Length;
    public nint* Data;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Instance
{
    public ulong Store;
    public nuint Index;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Function
{
    public ulong Store;
    public nint Pointer;
}

/// <summary>An export of a module; the union is as long as its longest member, a table.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct Extern
{
    public const byte IsFunction = 0, IsMemory = 3;

    [FieldOffset(0)]
    public byte Kind;

    [FieldOffset(8)]
    public Function Function;

    /// <summary>Opaque; its address is what counts.</summary>
    [FieldOffset(8)]
    public byte Memory;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ComponentInstance
{
    public ulong Store;
    public uint Index;
}

/// <summary>Opaque: an instance, a number and a pointer, each at a multiple of eight bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct ComponentFunction
{
    public ulong Store;
}

/// <summary>What a component imports or exports.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct ComponentItem
{
    public const byte IsFunction = 3;

    [FieldOffset(0)]
    public byte Kind;

    [FieldOffset(8)]
    public nint Type;
}

/// <summary>The type of a component's value.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct HandlerType
{
    [FieldOffset(0)]
    public byte Kind;

    [FieldOffset(8)]
    public nint Type;
}

/// <summary>A component's value: of its many kinds, those that a handler has.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal unsafe struct Value
{
    public const byte String = 12, Result = 19;

    [FieldOffset(0)]
    public byte Kind;

    [FieldOffset(8)]
    public Bytes Text;

    [FieldOffset(8)]
    public byte IsOk;

    [FieldOffset(16)]
    public Value* Inner;
}
