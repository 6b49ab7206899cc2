using System.Buffers.Binary;
using System.Text;
using Petrel.Wasm.Functions;
using Petrel.Wasm.Wasmtime;

namespace Petrel.Wasm;

/// <summary>
/// What a waiting process does before it knows its function: it runs a program and a component of no use, all the way from their assignment to
/// their answer, so that everything that is slow the first time has been done.
/// </summary>
internal static unsafe class Exercise
{
    private const int Rounds = 3;

    private static readonly Channel Nowhere = new(Posix.MemoryFile());

    /// <summary>A program that copies its input to its output.</summary>
    private const string Command =
        "AGFzbQEAAAABDAJgBH9/f38Bf2AAAAJEAhZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxB2ZkX3JlYWQAABZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCGZkX3dyaXRl" +
        "AAADAgEBBQMBAAEHEwIGbWVtb3J5AgAGX3N0YXJ0AAIKNAEyAEEAQcAANgIAQQRBgAg2AgBBAEEAQQFBCBAAGkEEQQgoAgA2AgBBAUEAQQFBCBABGgsADgRu" +
        "YW1lAQcCAAFyAQF3";

    /// <summary>A component whose <c>handle</c> gives back what it gets.</summary>
    private const string Component =
        "AGFzbQ0AAQABZABhc20BAAAAAQ8CYAR/f39/AX9gAn9/AX8DAwIAAQUDAQABBw0DAW0CAAFyAAABaAABChoCBQBBwAALEgBBECAANgIAQRQgATYCAEEQCwAU" +
        "BG5hbWUAAgFjAgkBAQIAAXMBAWwCBAEAAAAHDAFAAQVldmVudHMAcwYTAwAAAQABaAACAQABbQAAAQABcggKAQAAAAIDAAQBAAsMAQAGaGFuZGxlAQAAAB8O" +
        "Y29tcG9uZW50LW5hbWUBBgARAQABYwEGABIBAAFp";

    public static void Run()
    {
        Repeat(Rounds);

        // What was needed once is given back: a waiting process shall be small. Then what every start needs is touched again.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        Posix.TrimHeap();
        Repeat(1);
    }

    private static void Repeat(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            Run("command", CompileModule(Convert.FromBase64String(Command)));
            Run("component", CompileComponent(Convert.FromBase64String(Component)));
        }
    }

    private static void Run(string task, int compiled)
    {
        var assignment = $$"""{"env":{"AWS_REGION":"-","AWS_LAMBDA_FUNCTION_MEMORY_SIZE":"128"},"taskRoot":"/tmp","handler":"{{task}}\nexercise.wasm\n\n/proc/self/fd/{{compiled}}"}""";
        var header = """{"requestId":"-","deadlineMs":1,"functionArn":"-","traceId":"-"}"""u8;
        var frame = new byte[4 + header.Length + 2];
        BinaryPrimitives.WriteInt32LittleEndian(frame, header.Length);
        header.CopyTo(frame.AsSpan(4));
        "{}"u8.CopyTo(frame.AsSpan(4 + header.Length));
        var function = FunctionLoader.Load(Assignment.Read(Encoding.UTF8.GetBytes(assignment)));
        var answer = function.Invoke(InvocationFrame.Read(frame));
        Nowhere.Write(FrameKind.Response, answer.Body.Span);
        if (answer.IsError)
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(answer.Body.Span));
        }

        function.Finish();
        function.Dispose();
        Posix.Close(compiled);
    }

    private static int CompileModule(byte[] code)
    {
        nint module;
        Bytes compiled;
        fixed (byte* bytes = code)
        {
            Engine.Check(Native.wasmtime_module_new(Engine.Handle, bytes, (nuint)code.Length, &module), "");
        }

        Engine.Check(Native.wasmtime_module_serialize(module, &compiled), "");
        Native.wasmtime_module_delete(module);
        return Keep(compiled);
    }

    private static int CompileComponent(byte[] code)
    {
        nint component;
        Bytes compiled;
        fixed (byte* bytes = code)
        {
            Engine.Check(Native.wasmtime_component_new(Engine.Handle, bytes, (nuint)code.Length, &component), "");
        }

        Engine.Check(Native.wasmtime_component_serialize(component, &compiled), "");
        Native.wasmtime_component_delete(component);
        return Keep(compiled);
    }

    private static int Keep(Bytes compiled)
    {
        var descriptor = Posix.MemoryFile();
        _ = Posix.Write(descriptor, compiled.Span);
        Native.wasm_byte_vec_delete(&compiled);
        return descriptor;
    }
}
