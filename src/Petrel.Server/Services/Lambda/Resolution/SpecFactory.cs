using System.Collections.Frozen;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Images;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Server.Settings;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>Makes what the engine runs from what is stored.</summary>
internal sealed class SpecFactory(ICodeLibrary library, EnvironmentSeal environments, PetrelOptions options)
{
    /// <summary>Names the pool of instances: another for every published version and every update of <c>$LATEST</c>.</summary>
    public static string PoolKey(FunctionRecord function, VersionRecord version) =>
        $"{function.Id:x16}-{version.Version}-{version.ConfigId:x16}";

    /// <summary>Also makes sure that the code is on this machine.</summary>
    public async ValueTask<FunctionSpec> CreateAsync(FunctionRecord function, VersionRecord version, CancellationToken cancellationToken)
    {
        var code = await library.GetFolderAsync(version.Code, cancellationToken);
        var layers = new string[version.Layers.Length];
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i] = await library.GetFolderAsync(version.Layers[i].Code, cancellationToken);
        }

        var environment = environments.Open(version.Environment)?.ToFrozenDictionary() ?? FrozenDictionary<string, string>.Empty;
        return new FunctionSpec
        {
            PoolKey = PoolKey(function, version),
            Account = function.Key.Account,
            Region = function.Key.Region,
            Name = function.Key.Name,
            FunctionArn = function.Key.Arn,
            Version = version.Version,
            Runtime = version.Runtime,
            Handler = version.Handler,
            CodeDirectory = code,
            Image = version.Image is { } image ? ImageConfigFile.ToSpec(code, image) : null,
            LayerDirectories = layers,
            MemoryMb = version.MemoryMb,
            Timeout = TimeSpan.FromSeconds(version.TimeoutSeconds),
            EphemeralStorageMb = version.EphemeralStorageMb,
            Environment = environment,
            Egress = EgressOf(environment),
            InstanceConcurrency = InstanceConcurrency.Of(environment, version.Runtime),
            RoleArn = version.Role,
            LogGroup = version.Logging.LogGroup,
            JsonLogs = version.Logging.Format == "JSON",
            LogLevel = version.Logging.ApplicationLevel,
            Architecture = version.Architecture,
        };
    }

    /// <summary>The function's own choice, which was checked when it was made, or the platform's.</summary>
    private FunctionEgress EgressOf(FrozenDictionary<string, string> environment)
    {
        var asked = environment.GetValueOrDefault(FunctionEgressNames.Variable, options.Functions.Egress);
        return FunctionEgressNames.TryParse(asked, out var egress) ? egress : FunctionEgress.None;
    }
}
