using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>What an invocation of a name and qualifier runs. Immutable and shared by the invocations that mean the same.</summary>
/// <param name="Qualifier">As asked; null when none was.</param>
/// <param name="Alias">The alias that was asked, whose weights have chosen <paramref name="Version"/>.</param>
/// <param name="InvokedArn">The function's ARN with the qualifier that was asked.</param>
/// <param name="EventInvoke">The settings of asynchronous invocations of the asked qualifier.</param>
internal sealed record ResolvedFunction(
    FunctionRecord Function,
    string? Qualifier,
    AliasRecord? Alias,
    VersionRecord Version,
    FunctionSpec Spec,
    string InvokedArn,
    EventInvokeRecord? EventInvoke);

/// <summary>A function with what bounds its concurrency at this moment.</summary>
internal readonly record struct Resolution(ResolvedFunction Target, AdmissionLimits Limits);

/// <summary>Unpacked code on this machine.</summary>
internal interface ICodeLibrary
{
    /// <summary>The folder with the unpacked code, made now if it is missing.</summary>
    /// <exception cref="FunctionStartException">The package is not there or cannot be unpacked.</exception>
    ValueTask<string> GetFolderAsync(CodeRecord code, CancellationToken cancellationToken);
}
