using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>PublishLayerVersion, GetLayerVersion(ByArn), ListLayers, ListLayerVersions and DeleteLayerVersion.</summary>
internal sealed class LayersApi(FunctionLedger ledger, IStore store, PackageLibrary library, PackageLinks links)
{
    private const string NotThere = "The resource you requested does not exist.";

    public async Task<LayerVersion> PublishAsync(PublishLayerVersionRequest request, CallContext call)
    {
        LayerRules.Check(request);
        var reference = LayerRef.OfName(request.LayerName, call);
        if (reference.Account != call.Account || reference.Region != call.Region)
        {
            throw CommonException.AccessDenied(
                $"User: {call.Caller.Arn} is not authorized to perform: lambda:PublishLayerVersion on resource: {reference.Arn}");
        }

        var package = request.Content.ZipFile ?? throw new InvalidParameterValueException("Please provide a source for layer code.");
        var code = await library.AddAsync(package, call.Aborted);
        var (id, now) = (ledger.NewId(), ledger.Now);
        var (layer, version) = await store.WriteAsync(async tx =>
        {
            await PackageLibrary.RequireSpaceAsync(tx, call.Account, call.Region, code);
            var before = await LayerStore.GetAsync(tx, call.Account, call.Region, reference.Name)
                ?? new LayerRecord(id, call.Account, call.Region, reference.Name, 0);
            var layer = before with { LastVersion = before.LastVersion + 1 };
            var version = new LayerVersionRecord(
                layer.LastVersion,
                request.Description ?? "",
                now,
                code,
                request.CompatibleRuntimes?.ToArray(),
                request.CompatibleArchitectures?.ToArray(),
                request.LicenseInfo);
            LayerStore.Put(tx, layer);
            LayerStore.PutVersion(tx, layer, version, now);
            return (layer, version);
        });
        return View(layer, version, call);
    }

    public Task<LayerVersion> GetAsync(GetLayerVersionRequest request, CallContext call)
    {
        LayerRules.CheckNumber(request.VersionNumber);
        return GetAsync(LayerRef.OfName(request.LayerName, call, request.VersionNumber), call);
    }

    public Task<LayerVersion> GetAsync(GetLayerVersionByArnRequest request, CallContext call) => LayerRef.TryParse(request.Arn) is { Version: not null } reference
        ? GetAsync(reference, call)
        : throw new ResourceNotFoundException(NotThere);

    public async Task<ListLayersResult> ListAsync(ListLayersRequest request, CallContext call)
    {
        LayerRules.CheckRuntime(request.CompatibleRuntime);
        var limit = PageMarker.Limit(request.MaxItems);
        var after = PageMarker.Read(request.Marker);
        return await ledger.ReadAsync(
            async tx =>
            {
                var found = new List<LayersListItem>();
                List<LayerRecord> page;
                do
                {
                    page = await LayerStore.ListAsync(tx, call.Account, call.Region, after, limit + 1);
                    foreach (var layer in page)
                    {
                        after = layer.Name;
                        if (await FindNewestAsync(tx, layer, request.CompatibleRuntime, request.CompatibleArchitecture) is { } version)
                        {
                            found.Add(new LayersListItem(layer.Name, layer.Arn, ListItem(layer, version)));
                        }
                    }
                }
                while (page.Count > limit && found.Count <= limit);

                var next = PageMarker.Cut(found, limit, layer => layer.LayerName);
                return new ListLayersResult(found, next);
            },
            call.Aborted);
    }

    public async Task<ListLayerVersionsResult> ListVersionsAsync(ListLayerVersionsRequest request, CallContext call)
    {
        LayerRules.CheckRuntime(request.CompatibleRuntime);
        var reference = LayerRef.OfName(request.LayerName, call);
        var limit = PageMarker.Limit(request.MaxItems);
        var before = PageMarker.Read(request.Marker) is { } marker && VersionName.TryParse(marker, out var number) ? number : (long?)null;
        return await ledger.ReadAsync(
            async tx =>
            {
                if (await LayerStore.GetAsync(tx, reference.Account, reference.Region, reference.Name) is not { } layer || layer.Account != call.Account)
                {
                    return new ListLayerVersionsResult([]);
                }

                var found = new List<LayerVersionRecord>();
                List<LayerVersionRecord> page;
                do
                {
                    page = await LayerStore.ListVersionsAsync(tx, layer, before, limit + 1);
                    found.AddRange(page.Where(version => LayerRules.Matches(version, request.CompatibleRuntime, request.CompatibleArchitecture)));
                    before = page.Count == 0 ? before : page[^1].Version;
                }
                while (page.Count > limit && found.Count <= limit);

                var next = PageMarker.Cut(found, limit, version => version.Version.ToString());
                return new ListLayerVersionsResult([.. found.Select(version => ListItem(layer, version))], next);
            },
            call.Aborted);
    }

    public async Task DeleteAsync(DeleteLayerVersionRequest request, CallContext call)
    {
        LayerRules.CheckNumber(request.VersionNumber);
        var reference = LayerRef.OfName(request.LayerName, call);
        var now = ledger.Now;
        await store.WriteAsync(async tx =>
        {
            if (reference.Account == call.Account
                && await LayerStore.GetAsync(tx, reference.Account, reference.Region, reference.Name) is { } layer
                && await LayerStore.GetVersionAsync(tx, layer, request.VersionNumber) is { } version)
            {
                LayerStore.RemoveVersion(tx, layer, version, now);
            }

            return true;
        });
    }

    private async Task<LayerVersion> GetAsync(LayerRef reference, CallContext call)
    {
        var (layer, version, policy) = await ledger.ReadAsync(
            async tx =>
            {
                var layer = await LayerStore.GetAsync(tx, reference.Account, reference.Region, reference.Name);
                var version = layer is null ? null : await LayerStore.GetVersionAsync(tx, layer, reference.Version!.Value);
                return (layer, version, version is null ? null : await LayerStore.GetPolicyAsync(tx, layer!, version.Version));
            },
            call.Aborted);
        if (reference.Account != call.Account && !LayerPolicy.Allows(policy, call.Account))
        {
            throw CommonException.AccessDenied(
                $"User: {call.Caller.Arn} is not authorized to perform: lambda:GetLayerVersion on resource: {reference.VersionArn} because no "
                + "resource-based policy allows the lambda:GetLayerVersion action");
        }

        return layer is not null && version is not null ? View(layer, version, call) : throw new ResourceNotFoundException(NotThere);
    }

    /// <summary>The newest version that fits; null when none does.</summary>
    private static async ValueTask<LayerVersionRecord?> FindNewestAsync(IReadTransaction tx, LayerRecord layer, string? runtime, string? architecture)
    {
        long? before = null;
        while (await LayerStore.ListVersionsAsync(tx, layer, before, PageMarker.MaxPage) is { Count: > 0 } page)
        {
            if (page.Find(version => LayerRules.Matches(version, runtime, architecture)) is { } found)
            {
                return found;
            }

            before = page[^1].Version;
        }

        return null;
    }

    private LayerVersion View(LayerRecord layer, LayerVersionRecord version, CallContext call) => new(
        new LayerContent(links.Create(version.Code.Sha256, call), version.Code.Sha256, version.Code.SizeBytes),
        layer.Arn,
        $"{layer.Arn}:{version.Version}",
        version.Description,
        version.Created,
        version.Version,
        version.CompatibleRuntimes?.ToList(),
        version.LicenseInfo,
        version.CompatibleArchitectures?.ToList());

    private static LayerVersionsListItem ListItem(LayerRecord layer, LayerVersionRecord version) => new(
        $"{layer.Arn}:{version.Version}",
        version.Version,
        version.Description,
        version.Created,
        version.CompatibleRuntimes?.ToList(),
        version.LicenseInfo,
        version.CompatibleArchitectures?.ToList());
}
