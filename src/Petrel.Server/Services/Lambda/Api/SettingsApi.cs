using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Code signing (which nothing has), runtime management and recursion.</summary>
internal sealed class SettingsApi(FunctionLedger ledger)
{
    public Task<GetFunctionCodeSigningConfigResult> GetCodeSigningAsync(GetFunctionCodeSigningConfigRequest request, CallContext call) =>
        ledger.ReadAsync(
            FunctionRef.Parse(request.FunctionName, call) with { Qualifier = null },
            call,
            (_, _) => new ValueTask<GetFunctionCodeSigningConfigResult>(new GetFunctionCodeSigningConfigResult())).AsTask();

    /// <summary>
    /// A runtime is what is installed on the machine, so that all functions of an identifier get a newer one at once: <c>Auto</c> is what
    /// happens, and the other two modes are refused.
    /// </summary>
    public Task<RuntimeManagementConfig> PutRuntimeAsync(PutRuntimeManagementConfigRequest request, CallContext call)
    {
        if (request.UpdateRuntimeOn != "Auto" || request.RuntimeVersionArn is not null)
        {
            throw Unsupported.Member("PutRuntimeManagementConfig", $"UpdateRuntimeOn={request.UpdateRuntimeOn}");
        }

        return RuntimeAsync(request.FunctionName, request.Qualifier, call);
    }

    public Task<RuntimeManagementConfig> GetRuntimeAsync(GetRuntimeManagementConfigRequest request, CallContext call) =>
        RuntimeAsync(request.FunctionName, request.Qualifier, call);

    public async Task<RecursionConfig> PutRecursionAsync(PutFunctionRecursionConfigRequest request, CallContext call)
    {
        await ledger.ChangeAsync(FunctionRef.Unqualified(request.FunctionName, call), call, (tx, function) =>
        {
            FunctionChange.Put(tx, function, function with { RecursiveLoop = request.RecursiveLoop }, ledger.Now);
            return new ValueTask<bool>(true);
        });
        return new RecursionConfig(request.RecursiveLoop);
    }

    public Task<RecursionConfig> GetRecursionAsync(GetFunctionRecursionConfigRequest request, CallContext call) => ledger.ReadAsync(
        FunctionRef.Unqualified(request.FunctionName, call),
        call,
        (_, function) => new ValueTask<RecursionConfig>(new RecursionConfig(function.RecursiveLoop))).AsTask();

    private Task<RuntimeManagementConfig> RuntimeAsync(string name, string? qualifier, CallContext call)
    {
        var reference = FunctionRef.Parse(name, call).WithQualifier(qualifier);
        return ledger.ReadAsync(reference, call, async (tx, function) =>
            await VersionLookup.FindAsync(tx, function, reference.Qualifier) is { } version
                ? new RuntimeManagementConfig("Auto", function.Key.QualifiedArn(version.Version))
                : throw FunctionLedger.NotFound(reference, call)).AsTask();
    }
}
