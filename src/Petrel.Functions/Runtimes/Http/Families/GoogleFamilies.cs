using System.Text.Json;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http.Families;

/// <summary>Functions for Google's functions-framework, which the code brings with it. The handler is the target's name.</summary>
internal abstract class GoogleFamily : WorkerFamily
{
    private const string SignatureVariable = "FUNCTION_SIGNATURE_TYPE";

    public override LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime) => new()
    {
        Command = Command(function, runtime),
        Environment = Variables(function),
        Mounts = ProgramMounts(runtime),
    };

    public override IWorkerProtocol Protocol(FunctionSpec function, WorkerSettings settings) =>
        Signature(function) == "event" ? new GoogleBackground(function, settings.EventPath) : new PlainHttp(function, settings.EventPath);

    protected abstract IReadOnlyList<string> Command(FunctionSpec function, RuntimeInfo runtime);

    protected virtual Dictionary<string, string> Variables(FunctionSpec function) => new(StringComparer.Ordinal)
    {
        ["FUNCTION_TARGET"] = function.Handler,
        [SignatureVariable] = Signature(function),
    };

    private static string Signature(FunctionSpec function)
    {
        var signature = function.Environment.GetValueOrDefault(SignatureVariable, "http");
        return signature is "http" or "cloudevent" or "event" or "typed"
            ? signature
            : throw WorkerSettings.Invalid($"{SignatureVariable} is http, cloudevent, event or typed. It is {signature}");
    }
}

/// <summary>Node.js: <c>@google-cloud/functions-framework</c> of npm.</summary>
internal sealed class GoogleNodeFamily : GoogleFamily
{
    private const string Package = "node_modules/@google-cloud/functions-framework";

    public override string Name => "google-nodejs";

    protected override IReadOnlyList<string> Command(FunctionSpec function, RuntimeInfo runtime) =>
        [runtime.Program!, $"{Task}/{Package}/{MainFile(Path.Combine(function.CodeDirectory, Package, "package.json"))}"];

    private static string MainFile(string manifest)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(manifest));
            return document.RootElement.GetProperty("bin").GetProperty("functions-framework").GetString()!;
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw InvalidEntry("The code has no @google-cloud/functions-framework: npm install @google-cloud/functions-framework, and deploy node_modules with it");
        }
    }
}

/// <summary>Python: <c>functions-framework</c> of PyPI.</summary>
internal sealed class GooglePythonFamily : GoogleFamily
{
    public override string Name => "google-python";

    protected override IReadOnlyList<string> Command(FunctionSpec function, RuntimeInfo runtime) =>
        Directory.Exists(Path.Combine(function.CodeDirectory, "functions_framework"))
            ? [runtime.Program!, "-m", "functions_framework"]
            : throw InvalidEntry("The code has no functions_framework: pip install --target . -r requirements.txt, and deploy what it installs");

    protected override Dictionary<string, string> Variables(FunctionSpec function)
    {
        var variables = base.Variables(function);
        variables["PYTHONPATH"] = $"{Task}:/opt/python";
        variables["PYTHONUNBUFFERED"] = "1"; // Lines are wanted when they are printed.
        return variables;
    }
}
