namespace Petrel.Functions.Runtimes.Wasm;

/// <summary>What the handler of a WebAssembly function names: a file of the package, and, for a component, its export.</summary>
/// <param name="Export">Empty when the handler names none: a component's is then <c>handle</c>.</param>
internal readonly record struct WasmHandler(string File, string Export)
{
    private const string Extension = ".wasm";

    /// <summary><c>app.wasm</c>, <c>app</c> or <c>dir/app.wasm:handle</c>.</summary>
    /// <exception cref="FunctionStartException">It leads out of the package.</exception>
    public static WasmHandler Parse(string handler)
    {
        var colon = handler.IndexOf(':', StringComparison.Ordinal);
        var (file, export) = colon < 0 ? (handler, "") : (handler[..colon], handler[(colon + 1)..]);
        if (!file.EndsWith(Extension, StringComparison.Ordinal))
        {
            file += Extension;
        }

        return file.StartsWith('/') || handler.Contains('\n', StringComparison.Ordinal) || file.Split('/').Contains("..")
            ? throw new FunctionStartException("InvalidZipFileException", $"The handler {handler} names no file of the package")
            : new WasmHandler(file, export);
    }
}
