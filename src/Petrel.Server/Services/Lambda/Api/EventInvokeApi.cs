using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Put-, Update-, Get-, Delete- and ListFunctionEventInvokeConfigs: what happens with asynchronous invocations.</summary>
internal sealed class EventInvokeApi(FunctionLedger ledger)
{
    private const string NoFunction = "The function doesn't exist.";

    public Task<FunctionEventInvokeConfig> PutAsync(PutFunctionEventInvokeConfigRequest request, CallContext call)
    {
        var asked = new Asked(request.MaximumRetryAttempts, request.MaximumEventAgeInSeconds, request.DestinationConfig);
        return ChangeAsync("PutFunctionEventInvokeConfig", request.FunctionName, request.Qualifier, asked, replace: true, call);
    }

    public Task<FunctionEventInvokeConfig> UpdateAsync(UpdateFunctionEventInvokeConfigRequest request, CallContext call)
    {
        var asked = new Asked(request.MaximumRetryAttempts, request.MaximumEventAgeInSeconds, request.DestinationConfig);
        return ChangeAsync("UpdateFunctionEventInvokeConfig", request.FunctionName, request.Qualifier, asked, replace: false, call);
    }

    public async Task<FunctionEventInvokeConfig> GetAsync(GetFunctionEventInvokeConfigRequest request, CallContext call)
    {
        var (key, qualifier) = Read(request.FunctionName, request.Qualifier, call);
        return await ledger.ReadAsync(async tx => View(key, (await RequireAsync(tx, key, qualifier)).Config), call.Aborted);
    }

    public async Task DeleteAsync(DeleteFunctionEventInvokeConfigRequest request, CallContext call)
    {
        var (key, qualifier) = Read(request.FunctionName, request.Qualifier, call);
        await ledger.ChangeAsync(key, async tx =>
        {
            var (function, config) = await RequireAsync(tx, key, qualifier);
            EventInvokeStore.Configs.Remove(tx, function, config.Qualifier);
            return true;
        });
    }

    public async Task<ListFunctionEventInvokeConfigsResult> ListAsync(ListFunctionEventInvokeConfigsRequest request, CallContext call)
    {
        var (key, _) = Read(request.FunctionName, null, call);
        var limit = PageMarker.Limit(request.MaxItems);
        var after = PageMarker.Read(request.Marker);
        return await ledger.ReadAsync(
            async tx =>
            {
                var function = await FunctionStore.GetAsync(tx, key) ?? throw new ResourceNotFoundException(NoFunction);
                var page = await EventInvokeStore.Configs.ListAsync(tx, function, after, limit + 1);
                var next = PageMarker.Cut(page, limit, config => config.Qualifier);
                return new ListFunctionEventInvokeConfigsResult([.. page.Select(config => View(key, config))], next);
            },
            call.Aborted);
    }

    private async Task<FunctionEventInvokeConfig> ChangeAsync(
        string operation,
        string name,
        string? asked,
        Asked settings,
        bool replace,
        CallContext call)
    {
        if (settings is { Retries: null, AgeSeconds: null, Destinations: null })
        {
            throw new InvalidParameterValueException("You must specify at least one of error handling or destination setting.");
        }

        var (key, qualifier) = Read(name, asked, call);
        var now = ledger.Now;
        var config = await ledger.ChangeAsync(key, async tx =>
        {
            var function = await FunctionStore.GetAsync(tx, key);
            if (function is null || await VersionLookup.FindAsync(tx, function, qualifier) is null)
            {
                throw new ResourceNotFoundException(NoFunction);
            }

            await DestinationRules.CheckAsync(tx, operation, key, settings.Destinations);
            var before = await EventInvokeStore.Configs.GetAsync(tx, function, qualifier);
            if (before is null && !replace)
            {
                throw NotConfigured(key, qualifier);
            }

            var after = settings.Over(replace ? null : before, qualifier, now);
            EventInvokeStore.Configs.Put(tx, function, qualifier, after);
            return after;
        });
        return View(key, config);
    }

    private static (FunctionKey Key, string Qualifier) Read(string name, string? qualifier, CallContext call)
    {
        var reference = FunctionRef.Parse(name, call).WithQualifier(qualifier);
        return (reference.KeyIn(call), reference.Qualifier ?? VersionName.Latest);
    }

    private static async ValueTask<(FunctionRecord Function, EventInvokeRecord Config)> RequireAsync(
        IReadTransaction tx,
        FunctionKey key,
        string qualifier) =>
        await FunctionStore.GetAsync(tx, key) is { } function && await EventInvokeStore.Configs.GetAsync(tx, function, qualifier) is { } config
            ? (function, config)
            : throw NotConfigured(key, qualifier);

    private static ResourceNotFoundException NotConfigured(FunctionKey key, string qualifier) =>
        new($"The function {key.QualifiedArn(qualifier)} doesn't have an EventInvokeConfig");

    private static FunctionEventInvokeConfig View(FunctionKey key, EventInvokeRecord config) => new(
        config.LastModified,
        key.QualifiedArn(config.Qualifier),
        config.MaximumRetryAttempts,
        config.MaximumEventAgeSeconds,
        new DestinationConfig(new Destination(config.OnSuccess), new Destination(config.OnFailure)));

    private sealed record Asked(int? Retries, int? AgeSeconds, DestinationConfig? Destinations)
    {
        /// <summary>These settings over others; what is not given stays.</summary>
        public EventInvokeRecord Over(EventInvokeRecord? before, string qualifier, DateTimeOffset now) => new(
            qualifier,
            now,
            Retries ?? before?.MaximumRetryAttempts,
            AgeSeconds ?? before?.MaximumEventAgeSeconds,
            Destinations is null ? before?.OnSuccess : NullIfEmpty(Destinations.OnSuccess?.Arn),
            Destinations is null ? before?.OnFailure : NullIfEmpty(Destinations.OnFailure?.Arn));

        private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }
}
