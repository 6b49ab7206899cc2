using System.Runtime.InteropServices;
using System.Text;
using Petrel.Wasm.Wasmtime;

namespace Petrel.Wasm.Functions;

/// <summary>What a function sees: its variables and arguments, its own /tmp, its code, and no network.</summary>
internal sealed unsafe class Wasi
{
    /// <summary>Variables that tell of one invocation, set anew for each.</summary>
    private const int PerInvocation = 5;

    private static readonly nint Temporary = Text("/tmp"), Code = Text("/var/task");
    private readonly nint _taskRoot;
    private readonly nint* _names;
    private readonly nint* _values;
    private readonly int _count;
    private readonly nint _file;

    public Wasi(Assignment assignment)
    {
        // Kept in native memory, once: an invocation only hands the pointers over.
        _names = (nint*)NativeMemory.Alloc((nuint)(assignment.Environment.Count + PerInvocation), (nuint)sizeof(nint));
        _values = (nint*)NativeMemory.Alloc((nuint)(assignment.Environment.Count + PerInvocation), (nuint)sizeof(nint));
        foreach (var (name, value) in assignment.Environment)
        {
            (_names[_count], _values[_count]) = (Text(name), Text(value));
            _count++;
        }

        _file = Text(assignment.File);
        _taskRoot = Text(assignment.TaskRoot);
    }

    /// <summary>Makes a configuration, and gives it to a store. Standard error is the log.</summary>
    /// <param name="output">Takes standard output; null when that is the log too.</param>
    public void Configure(nint context, in InvocationFrame invocation, ReadOnlySpan<byte> input, Output? output)
    {
        var config = Native.wasi_config_new();
        var file = _file;
        _ = Native.wasi_config_set_argv(config, 1, (byte**)&file);
        SetVariables(config, invocation);
        Native.wasi_config_inherit_stderr(config);
        if (output is null)
        {
            Native.wasi_config_inherit_stdout(config);
        }
        else
        {
            Bytes bytes;
            fixed (byte* data = input)
            {
                Native.wasm_byte_vec_new(&bytes, (nuint)input.Length, data);
            }

            Native.wasi_config_set_stdin_bytes(config, &bytes);
            _ = Native.wasi_config_set_stdout_file(config, (byte*)output.Path);
        }

        _ = Native.wasi_config_preopen_dir(config, (byte*)Temporary, (byte*)Temporary, 1);
        _ = Native.wasi_config_preopen_dir(config, (byte*)_taskRoot, (byte*)Code, 0);
        Engine.Check(Native.wasmtime_context_set_wasi(context, config), "Runtime.Unknown");
    }

    private void SetVariables(nint config, in InvocationFrame invocation)
    {
        var count = _count;
        Add("AWS_LAMBDA_REQUEST_ID", invocation.RequestId);
        Add("AWS_LAMBDA_DEADLINE_MS", invocation.DeadlineMs);
        Add("AWS_LAMBDA_INVOKED_FUNCTION_ARN", invocation.FunctionArn);
        Add("AWS_LAMBDA_CLIENT_CONTEXT", invocation.ClientContext);
        Add("_X_AMZN_TRACE_ID", invocation.TraceId);
        _ = Native.wasi_config_set_env(config, (nuint)count, (byte**)_names, (byte**)_values);
        while (count-- > _count)
        {
            Marshal.FreeCoTaskMem(_names[count]);
            Marshal.FreeCoTaskMem(_values[count]);
        }

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                (_names[count], _values[count]) = (Text(name), Text(value));
                count++;
            }
        }
    }

    private static nint Text(string text) => Marshal.StringToCoTaskMemUTF8(text);
}
