using System.Text;
using Petrel.Wasm.Wasmtime;

namespace Petrel.Wasm.Functions;

/// <summary>
/// Compiles a function's file in a process of its own, which its sandbox bounds in time and memory, and hands the result to the daemon.
/// What would fail in every invocation is told now.
/// </summary>
internal static unsafe class Compilation
{
    private const string Invalid = "Runtime.InvalidModule";
    private const int ChunkBytes = 1 << 20;

    public static void Run(Assignment assignment, Channel channel)
    {
        var bytes = ReadFile(Path.Combine(assignment.TaskRoot, assignment.File), assignment.File);
        var isComponent = IsComponent(bytes, assignment.File);
        var compiled = isComponent ? CompileComponent(bytes, assignment.HandlerName) : CompileModule(bytes, assignment.Export);
        Span<byte> header = stackalloc byte[64];
        var json = isComponent ? "{\"contentType\":\"component\"}"u8 : "{\"contentType\":\"command\"}"u8;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(header, json.Length);
        json.CopyTo(header[4..]);
        channel.Write(FrameKind.StreamStart, header[..(4 + json.Length)]);
        for (var rest = compiled.Span; rest.Length > 0; rest = rest[Math.Min(ChunkBytes, rest.Length)..])
        {
            channel.Write(FrameKind.StreamChunk, rest[..Math.Min(ChunkBytes, rest.Length)]);
        }

        channel.Write(FrameKind.StreamEnd, default);
    }

    private static byte[] ReadFile(string path, string name)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FunctionException(Invalid, $"The package has no file {name}");
        }
    }

    /// <summary>Both begin with the same mark; a version of 16 bits and a layer follow.</summary>
    private static bool IsComponent(byte[] bytes, string name) =>
        bytes.Length >= 8 && bytes.AsSpan(0, 4).SequenceEqual("\0asm"u8)
            ? bytes[6] != 0
            : throw new FunctionException(Invalid, $"{name} is not a WebAssembly module or component in binary form");

    private static Bytes CompileModule(byte[] bytes, string export)
    {
        nint module, prepared;
        Bytes compiled;
        if (export.Length > 0)
        {
            throw new FunctionException(Invalid, $"The handler names the export {export}, which only a component can have; a WASI program is started by _start");
        }

        fixed (byte* data = bytes)
        {
            Engine.Check(Native.wasmtime_module_new(Engine.Handle, data, (nuint)bytes.Length, &module), Invalid);
        }

        Engine.Check(Native.wasmtime_linker_instantiate_pre(Linker.Commands, module, &prepared), Invalid);
        if (!Exports.HasStart(module))
        {
            throw new FunctionException(Invalid, "The module exports no function _start: a function is a WASI program or a component");
        }

        Engine.Check(Native.wasmtime_module_serialize(module, &compiled), Invalid);
        return compiled;
    }

    private static Bytes CompileComponent(byte[] bytes, string export)
    {
        nint component;
        Bytes compiled;
        fixed (byte* data = bytes)
        {
            Engine.Check(Native.wasmtime_component_new(Engine.Handle, data, (nuint)bytes.Length, &component), Invalid);
        }

        Exports.CheckComponent(component, export);
        Engine.Check(Native.wasmtime_component_serialize(component, &compiled), Invalid);
        return compiled;
    }
}
