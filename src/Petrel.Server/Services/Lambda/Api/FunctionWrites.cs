using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>CreateFunction, UpdateFunctionCode and UpdateFunctionConfiguration.</summary>
internal sealed class FunctionWrites(
    FunctionLedger ledger,
    PackageLibrary library,
    Preparation preparation,
    LayerLookup layers,
    RoleGuard roles,
    IFunctionEngine engine)
{
    public async Task<FunctionConfiguration> CreateAsync(CreateFunctionRequest request, CallContext call)
    {
        Unsupported.Reject(request);
        var key = NewKey(request.FunctionName, call);
        var image = ImageRules.Check(request);
        if (image is null && (request.Runtime is null || string.IsNullOrEmpty(request.Handler)))
        {
            throw new InvalidParameterValueException(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.");
        }

        Configuration.CheckTags(request.Tags);
        Configuration.CheckSizes(request.MemorySize, request.Timeout);
        var architecture = request.Architectures?[0] ?? Machine.Architecture;
        var runtime = RuntimeOf(image, request.Runtime);
        RuntimeChoice.CheckArchitecture(architecture, runtime, Machine.Architecture);
        RuntimeChoice.CheckHandler(request.Handler ?? "", runtime);
        RuntimeChoice.CheckConcurrency(request.Environment?.Variables, runtime);
        var template = new VersionRecord
        {
            Version = VersionName.Latest,
            ConfigId = ledger.NewId(),
            Runtime = request.Runtime ?? ImageSpec.Runtime,
            Handler = request.Handler ?? "",
            Image = image,
            Role = request.Role,
            Description = request.Description ?? "",
            TimeoutSeconds = request.Timeout ?? Limits.DefaultTimeoutSeconds,
            MemoryMb = request.MemorySize ?? Limits.DefaultMemoryMb,
            EphemeralStorageMb = request.EphemeralStorage?.Size ?? Limits.DefaultEphemeralStorageMb,
            Environment = ledger.Environments.Close(Configuration.CheckEnvironment(request.Environment)),
            TracingMode = request.TracingConfig?.Mode ?? "PassThrough",
            Logging = Configuration.ApplyLogging(request.LoggingConfig, new LoggingRecord("Text", $"/aws/lambda/{key.Name}")),
            Architecture = architecture,
            Code = await library.InspectAsync(request.Code.ZipFile, image?.Uri, call.Aborted),
            LastModified = ledger.Now,
            RevisionId = ledger.NewRevision(),
            State = FunctionPreparation.Creating,
        };
        await ledger.ReadAsync(tx => RequireNew(tx, key), call.Aborted);
        await roles.CheckAsync(request.Role, key.Arn, call);
        template = template with { Layers = await layers.FindAsync(request.Layers, call) };
        FunctionRules.CheckUnpackedSize(template.Code, template.Layers);
        await library.AddAsync(request.Code.ZipFile, template.Code, call.Aborted);
        var function = new FunctionRecord { Id = ledger.NewId(), Key = key, Latest = template, Tags = request.Tags ?? [] };
        var shown = await ledger.ChangeAsync(key, tx => CreateAsync(tx, function, request.Publish));
        await preparation.FinishAsync(function, shown);
        return ledger.View(function, shown, null);
    }

    public async Task<FunctionConfiguration> UpdateCodeAsync(UpdateFunctionCodeRequest request, CallContext call)
    {
        Unsupported.Reject(request);
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var isImage = await ledger.ReadAsync(reference, call, (_, function) => new ValueTask<bool>(ImageRules.Check(request, function.Latest)));
        var code = await library.InspectAsync(request.ZipFile, isImage ? request.ImageUri : null, call.Aborted);
        var ids = preparation.NewIds();
        var now = ledger.Now;
        if (request.DryRun)
        {
            return await ledger.ReadAsync(
                reference,
                call,
                (_, function) => new ValueTask<FunctionConfiguration>(ledger.View(function, Change(function).Latest, null)));
        }

        await library.AddAsync(request.ZipFile, code, call.Aborted);
        return await preparation.UpdateAsync(reference, call, Change, request.Publish ? ids : null);

        FunctionRecord Change(FunctionRecord function)
        {
            FunctionRules.RequireSettled(function);
            FunctionRules.RequireRevision(request.RevisionId, function.Latest.RevisionId);
            FunctionRules.CheckUnpackedSize(code, function.Latest.Layers);
            var architecture = request.Architectures?[0] ?? function.Latest.Architecture;
            var image = ImageRules.Check(request, function.Latest) ? function.Latest.Image! with { Uri = request.ImageUri! } : null;
            RuntimeChoice.CheckArchitecture(architecture, RuntimeOf(image, function.Latest.Runtime), Machine.Architecture);
            return FunctionPreparation.BeginUpdate(function, function.Latest with
            {
                Code = code,
                Image = image,
                Architecture = architecture,
                ConfigId = ids.ConfigId,
                RevisionId = ids.LatestRevision,
                LastModified = now,
            });
        }
    }

    public async Task<FunctionConfiguration> UpdateConfigurationAsync(UpdateFunctionConfigurationRequest request, CallContext call)
    {
        Unsupported.Reject(request);
        Configuration.CheckSizes(request.MemorySize, request.Timeout);
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var runtime = request.Runtime is null ? null : RuntimeChoice.Check(request.Runtime, engine.Runtimes);
        var environment = Configuration.CheckEnvironment(request.Environment);
        await ledger.ReadAsync(reference, call, static (_, function) => new ValueTask<bool>(true));
        if (request.Role is not null)
        {
            await roles.CheckAsync(request.Role, reference.KeyIn(call).Arn, call);
        }

        var newLayers = request.Layers is null ? null : await layers.FindAsync(request.Layers, call);
        var ids = preparation.NewIds();
        var now = ledger.Now;
        return await preparation.UpdateAsync(reference, call, Change, null);

        FunctionRecord Change(FunctionRecord function)
        {
            FunctionRules.RequireSettled(function);
            var current = function.Latest;
            FunctionRules.RequireRevision(request.RevisionId, current.RevisionId);
            FunctionRules.CheckUnpackedSize(current.Code, newLayers ?? current.Layers);
            if (runtime is not null)
            {
                RuntimeChoice.CheckArchitecture(current.Architecture, runtime, Machine.Architecture);
            }

            if ((runtime ?? engine.Runtimes.Find(current.Runtime)) is { } runs)
            {
                RuntimeChoice.CheckHandler(request.Handler ?? current.Handler, runs);
                RuntimeChoice.CheckConcurrency(environment ?? ledger.Environments.Open(current.Environment), runs);
            }

            return FunctionPreparation.BeginUpdate(function, current with
            {
                Role = request.Role ?? current.Role,
                Handler = request.Handler ?? current.Handler,
                Description = request.Description ?? current.Description,
                TimeoutSeconds = request.Timeout ?? current.TimeoutSeconds,
                MemoryMb = request.MemorySize ?? current.MemoryMb,
                Environment = environment is null ? current.Environment : ledger.Environments.Close(environment, current.Environment),
                Runtime = request.Runtime ?? current.Runtime,
                Image = ImageRules.Check(request, current),
                TracingMode = request.TracingConfig?.Mode ?? current.TracingMode,
                Layers = newLayers ?? current.Layers,
                EphemeralStorageMb = request.EphemeralStorage?.Size ?? current.EphemeralStorageMb,
                Logging = Configuration.ApplyLogging(request.LoggingConfig, current.Logging),
                ConfigId = ids.ConfigId,
                RevisionId = ids.LatestRevision,
                LastModified = now,
            });
        }
    }

    private RuntimeInfo RuntimeOf(ImageRecord? image, string? runtime) =>
        image is null ? RuntimeChoice.Check(runtime!, engine.Runtimes) : ImageSpec.RuntimeInfo;

    private static FunctionKey NewKey(string name, CallContext call)
    {
        var reference = FunctionRef.Unqualified(name, call);
        return reference.Name.Length <= FunctionRef.MaxNameLength
            ? reference.KeyIn(call)
            : throw new InvalidParameterValueException(
                $"1 validation error detected: Value '{reference.Name}' at 'functionName' failed to satisfy constraint: "
                + $"Member must have length less than or equal to {FunctionRef.MaxNameLength}");
    }

    private static async ValueTask<bool> RequireNew(IReadTransaction tx, FunctionKey key) => await FunctionStore.GetAsync(tx, key) is null
        ? true
        : throw new ResourceConflictException($"Function already exist: {key.Name}");

    private async ValueTask<VersionRecord> CreateAsync(IWriteTransaction tx, FunctionRecord function, bool publish)
    {
        await RequireNew(tx, function.Key);
        await PackageLibrary.RequireSpaceAsync(tx, function.Key.Account, function.Key.Region, function.Latest.Code);
        PendingStore.Put(tx, function.Key, VersionName.Latest);
        if (!publish)
        {
            FunctionChange.Put(tx, null, function, ledger.Now);
            return function.Latest;
        }

        var (published, version) = FunctionRules.Publish(function, null, preparation.NewIds());
        FunctionChange.Put(tx, null, published, ledger.Now);
        FunctionChange.PutVersion(tx, published, version, ledger.Now);
        PendingStore.Put(tx, function.Key, version.Version);
        return version;
    }
}
