using Petrel.Wasm.Wasmtime;

namespace Petrel.Wasm.Functions;

/// <summary>What modules and components may import: WASI, and nothing else.</summary>
internal static class Linker
{
    private static readonly Lazy<nint> OfComponents = new(() =>
    {
        var linker = Native.wasmtime_component_linker_new(Engine.Handle);
        Engine.Check(Native.wasmtime_component_linker_add_wasip2(linker), "Runtime.Unknown");
        return linker;
    });

    private static readonly Lazy<nint> OfCommands = new(() =>
    {
        var linker = Native.wasmtime_linker_new(Engine.Handle);
        Engine.Check(Native.wasmtime_linker_define_wasi(linker), "Runtime.Unknown");
        return linker;
    });

    public static nint Commands => OfCommands.Value;

    public static nint Components => OfComponents.Value;
}

/// <summary>What a store may hold. Memory is the function's; tables are bounded so that they cannot stand in for it.</summary>
internal static class Limits
{
    public const long TableElements = 1 << 20;

    /// <summary>A component is made of several modules: those that tools make have up to ten.</summary>
    public const long Instances = 100, Tables = 100, Memories = 16;
}
