using System.Runtime.InteropServices;
using System.Text;
using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Tests.Wasm;

/// <summary>Makes modules and components from their text form, with the library that comes with the worker.</summary>
internal static unsafe class WasmText
{
    private static readonly nint Library = NativeLibrary.Load(Path.Combine(new RuntimeOptions().Bootstraps, "wasm/bin/libwasmtime.so"));

    public static byte[] ToBinary(string text)
    {
        var convert = (delegate* unmanaged<byte*, nuint, nuint*, nint>)NativeLibrary.GetExport(Library, "wasmtime_wat2wasm");
        var describe = (delegate* unmanaged<nint, nuint*, void>)NativeLibrary.GetExport(Library, "wasmtime_error_message");
        var bytes = Encoding.UTF8.GetBytes(text);
        var result = stackalloc nuint[2]; // length and address
        fixed (byte* start = bytes)
        {
            var error = convert(start, (nuint)bytes.Length, result);
            if (error != 0)
            {
                describe(error, result);
            }

            var content = new ReadOnlySpan<byte>((byte*)result[1], (int)result[0]);
            return error == 0 ? content.ToArray() : throw new FormatException(Encoding.UTF8.GetString(content));
        }
    }
}
