using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Wasm;

/// <summary>WebAssembly functions on the engine that tests share.</summary>
internal static class WasmHost
{
    public static FunctionSpec Function(byte[] code, string handler = "app.wasm")
    {
        var spec = EngineHost.Shared.Function("wasm", handler, "app.wasm", "");
        File.WriteAllBytes(Path.Combine(spec.CodeDirectory, "app.wasm"), code);
        return spec with { Timeout = TimeSpan.FromSeconds(20) };
    }

    public static FunctionSpec Program(string body, string more = "") => Function(Programs.Of(body, more));

    public static Task<(InvocationResult Result, string Payload)> InvokeAsync(this FunctionSpec spec, string payload = "{}") =>
        EngineHost.Shared.InvokeAsync(spec, payload);
}
