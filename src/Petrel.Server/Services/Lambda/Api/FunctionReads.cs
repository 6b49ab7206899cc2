using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>GetFunction, GetFunctionConfiguration and ListFunctions.</summary>
internal sealed class FunctionReads(FunctionLedger ledger, PackageLinks links)
{
    public async Task<GetFunctionResult> GetAsync(GetFunctionRequest request, CallContext call)
    {
        var (function, version, qualifier) = await FindAsync(request.FunctionName, request.Qualifier, call);
        return new GetFunctionResult(
            ledger.View(function, version, qualifier),
            version.Image is { } image
                ? new FunctionCodeLocation("ECR", null, image.Uri, version.Code.Image)
                : new FunctionCodeLocation("S3", links.Create(version.Code.Sha256, call)),
            function.Tags.Count == 0 ? null : function.Tags,
            function.ReservedConcurrency is { } reserved ? new Concurrency(reserved) : null);
    }

    public async Task<FunctionConfiguration> GetConfigurationAsync(GetFunctionConfigurationRequest request, CallContext call)
    {
        var (function, version, qualifier) = await FindAsync(request.FunctionName, request.Qualifier, call);
        return ledger.View(function, version, qualifier);
    }

    public async Task<ListFunctionsResult> ListAsync(ListFunctionsRequest request, CallContext call)
    {
        if (request.MasterRegion is not null and not "ALL" && request.MasterRegion != call.Region)
        {
            return new ListFunctionsResult([]);
        }

        var limit = PageMarker.Limit(request.MaxItems);
        var after = PageMarker.Read(request.Marker);
        if (request.FunctionVersion == "ALL")
        {
            return await ledger.ReadAsync(tx => ListVersionsAsync(tx, call, after, limit), call.Aborted);
        }

        var page = await ledger.ReadAsync(tx => FunctionStore.ListAsync(tx, call.Account, call.Region, after, limit + 1), call.Aborted);
        var next = PageMarker.Cut(page, limit, function => function.Key.Name);
        return new ListFunctionsResult([.. page.Select(function => ledger.ListItem(function, function.Latest, null))], next);
    }

    /// <summary>All versions of all functions. The marker says <c>name:version</c> of the last one shown.</summary>
    private async ValueTask<ListFunctionsResult> ListVersionsAsync(IReadTransaction tx, CallContext call, string? after, int limit)
    {
        var found = new List<FunctionConfiguration>();
        var (name, shown) = Split(after);
        if (name is not null && await FunctionStore.GetAsync(tx, new FunctionKey(call.Account, call.Region, name)) is { } begun)
        {
            await AddVersionsAsync(begun, shown);
        }

        while (found.Count <= limit)
        {
            var page = await FunctionStore.ListAsync(tx, call.Account, call.Region, name, limit);
            foreach (var function in page)
            {
                name = function.Key.Name;
                found.Add(ledger.ListItem(function, function.Latest, VersionName.Latest));
                await AddVersionsAsync(function, 0);
                if (found.Count > limit)
                {
                    break;
                }
            }

            if (page.Count < limit)
            {
                break;
            }
        }

        var next = PageMarker.Cut(found, limit, version => $"{version.FunctionName}:{version.Version}");
        return new ListFunctionsResult(found, next);

        async ValueTask AddVersionsAsync(FunctionRecord function, long from)
        {
            var left = limit + 1 - found.Count;
            if (function.LastVersion > from && left > 0)
            {
                var versions = await VersionStore.ListAsync(tx, function.Id, from, left);
                found.AddRange(versions.Select(version => ledger.ListItem(function, version, version.Version)));
            }
        }
    }

    private static (string? Name, long Version) Split(string? after)
    {
        var colon = after?.LastIndexOf(':') ?? -1;
        return colon < 0
            ? (after, 0)
            : (after![..colon], VersionName.TryParse(after[(colon + 1)..], out var version) ? version : 0);
    }

    private async ValueTask<(FunctionRecord Function, VersionRecord Version, string? Qualifier)> FindAsync(
        string name,
        string? qualifier,
        CallContext call)
    {
        var reference = FunctionRef.Parse(name, call).WithQualifier(qualifier);
        return await ledger.ReadAsync(
            reference,
            call,
            async (tx, function) => await VersionLookup.FindAsync(tx, function, reference.Qualifier) is { } version
                ? (function, version, reference.Qualifier)
                : throw FunctionLedger.NotFound(reference, call));
    }
}
