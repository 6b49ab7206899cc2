using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Packages;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>The contract's face: one file a noun, as the contract has, each operation in the class of its noun.</summary>
internal sealed partial class LambdaService(LambdaApis apis) : ILambda;

/// <summary>What does the work behind the contract.</summary>
internal sealed record LambdaApis(
    FunctionWrites Writes,
    FunctionReads Reads,
    FunctionRemoval Removal,
    VersionsApi Versions,
    AliasesApi Aliases,
    LayersApi Layers,
    LayerPermissionsApi LayerPermissions,
    ConcurrencyApi Concurrency,
    ProvisionedApi Provisioned,
    UrlsApi Urls,
    PermissionsApi Permissions,
    TagsApi Tags,
    AccountApi Account,
    EventInvokeApi EventInvoke,
    SettingsApi Settings,
    MappingsApi Mappings,
    InvocationApi Invocation,
    PackageSource Sources);
