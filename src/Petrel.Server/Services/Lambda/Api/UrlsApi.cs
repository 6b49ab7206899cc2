using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Create-, Get-, Update-, Delete- and ListFunctionUrlConfigs.</summary>
internal sealed class UrlsApi(FunctionLedger ledger, IIdSource ids)
{
    public async Task<CreateFunctionUrlConfigResult> CreateAsync(CreateFunctionUrlConfigRequest request, CallContext call)
    {
        var (key, qualifier) = Read(request.FunctionName, request.Qualifier, call);
        var now = ledger.Now;
        var url = new UrlRecord(
            UrlForm.NewId(ids),
            qualifier,
            request.AuthType,
            request.InvokeMode ?? "BUFFERED",
            UrlForm.Read(request.Cors),
            now,
            now);
        await ledger.ChangeAsync(key, async tx =>
        {
            var function = await RequireTargetAsync(tx, key, qualifier);
            if (await UrlStore.GetAsync(tx, function, qualifier) is not null)
            {
                throw new ResourceConflictException(
                    $"Failed to create function url config for [functionArn = {key.QualifiedArn(qualifier)}]. "
                    + "Error message:  FunctionUrlConfig exists for this Lambda function");
            }

            UrlStore.Put(tx, function, url);
            return true;
        });
        var view = UrlForm.View(key, url, call);
        return new CreateFunctionUrlConfigResult(
            view.FunctionUrl,
            view.FunctionArn,
            view.AuthType,
            view.CreationTime,
            view.Cors,
            request.InvokeMode);
    }

    public async Task<FunctionUrlConfig> GetAsync(GetFunctionUrlConfigRequest request, CallContext call)
    {
        var (key, qualifier) = Read(request.FunctionName, request.Qualifier, call);
        return await ledger.ReadAsync(async tx => UrlForm.View(key, (await RequireAsync(tx, key, qualifier)).Url, call), call.Aborted);
    }

    public async Task<FunctionUrlConfig> UpdateAsync(UpdateFunctionUrlConfigRequest request, CallContext call)
    {
        var (key, qualifier) = Read(request.FunctionName, request.Qualifier, call);
        var cors = UrlForm.Read(request.Cors);
        var now = ledger.Now;
        var url = await ledger.ChangeAsync(key, async tx =>
        {
            await RequireTargetAsync(tx, key, qualifier);
            var (function, before) = await RequireAsync(tx, key, qualifier);
            var after = before with
            {
                AuthType = request.AuthType ?? before.AuthType,
                InvokeMode = request.InvokeMode ?? before.InvokeMode,
                Cors = request.Cors is null ? before.Cors : cors,
                LastModified = now,
            };
            UrlStore.Put(tx, function, after);
            return after;
        });
        return UrlForm.View(key, url, call) with { InvokeMode = request.InvokeMode };
    }

    public async Task DeleteAsync(DeleteFunctionUrlConfigRequest request, CallContext call)
    {
        var (key, qualifier) = Read(request.FunctionName, request.Qualifier, call);
        await ledger.ChangeAsync(key, async tx =>
        {
            var (function, url) = await RequireAsync(tx, key, qualifier);
            UrlStore.Remove(tx, function, url);
            return true;
        });
    }

    public async Task<ListFunctionUrlConfigsResult> ListAsync(ListFunctionUrlConfigsRequest request, CallContext call)
    {
        var (key, _) = Read(request.FunctionName, null, call);
        var limit = PageMarker.Limit(request.MaxItems);
        var after = PageMarker.Read(request.Marker);
        return await ledger.ReadAsync(
            async tx =>
            {
                var function = await RequireTargetAsync(tx, key, null);
                var page = await UrlStore.ListAsync(tx, function, after, limit + 1);
                var next = PageMarker.Cut(page, limit, url => url.Qualifier ?? "");
                return new ListFunctionUrlConfigsResult([.. page.Select(url => UrlForm.View(key, url, call))], next);
            },
            call.Aborted);
    }

    private static (FunctionKey Key, string? Qualifier) Read(string name, string? qualifier, CallContext call)
    {
        var reference = FunctionRef.Parse(name, call).WithQualifier(qualifier);
        return (reference.KeyIn(call), reference.Qualifier);
    }

    /// <summary>The function, which must have the alias that the URL is for.</summary>
    private static async ValueTask<FunctionRecord> RequireTargetAsync(IReadTransaction tx, FunctionKey key, string? qualifier)
    {
        var function = await FunctionStore.GetAsync(tx, key);
        return function is not null && (qualifier is null || await AliasStore.Aliases.GetAsync(tx, function, qualifier) is not null)
            ? function
            : throw new ResourceNotFoundException("Function does not exist");
    }

    private static async ValueTask<(FunctionRecord Function, UrlRecord Url)> RequireAsync(IReadTransaction tx, FunctionKey key, string? qualifier) =>
        await FunctionStore.GetAsync(tx, key) is { } function && await UrlStore.GetAsync(tx, function, qualifier) is { } url
            ? (function, url)
            : throw new ResourceNotFoundException("The resource you requested does not exist.");
}
