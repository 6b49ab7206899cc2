using Petrel.Aws.EventSources;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.EventSources;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Create-, Get-, Update-, Delete- and ListEventSourceMappings.</summary>
internal sealed class MappingsApi(FunctionLedger ledger, MappingSources sources, SourceGuard guard, MappingPollers pollers)
{
    private const int MaxPage = 100;

    /// <summary>Shards whose checkpoints are looked at for the last result.</summary>
    private const int MaxShards = 1_000;

    public async Task<EventSourceMappingConfiguration> CreateAsync(CreateEventSourceMappingRequest request, CallContext call)
    {
        const string Operation = "CreateEventSourceMapping";
        Unsupported.Reject(request);
        var arn = request.EventSourceArn ?? throw new InvalidParameterValueException("Unrecognized event source.");
        var reference = FunctionRef.Parse(request.FunctionName, call);
        sources.TryFind(arn, out var source);
        CheckDestinations(Operation, request.DestinationConfig, arn, source);
        if (source is not null)
        {
            MappingRules.CheckStart(request, source.Traits);
        }

        var version = await RequireFunctionAsync(reference, call);
        source = source ?? throw Missing(Operation, arn);
        var mapping = new MappingRecord
        {
            Id = ledger.NewId(),
            Uuid = ledger.NewRevision(),
            Function = reference.KeyIn(call),
            Qualifier = reference.Qualifier,
            SourceArn = arn,
            StartingPosition = request.StartingPosition,
            StartingTimestamp = request.StartingPositionTimestamp,
            Settings = MappingRules.Settings(request, source.Traits, null),
            Enabled = request.Enabled ?? true,
            State = MappingStates.Creating,
            Reason = source.Traits.UserReason,
            LastModified = ledger.Now,
            Version = ledger.NewId(),
            Tags = request.Tags ?? [],
        };
        Configuration.CheckTags(mapping.Tags);
        await RequireSourceAsync(mapping, version, source, call);
        await ledger.ChangeAsync(mapping.Function, async tx =>
        {
            await RequireNoOtherAsync(tx, mapping);
            MappingStore.Put(tx, null, mapping);
            return true;
        });
        pollers.Ensure(mapping.Key);
        return await ViewAsync(mapping, call);
    }

    public async Task<EventSourceMappingConfiguration> GetAsync(GetEventSourceMappingRequest request, CallContext call) =>
        await ViewAsync(await ledger.ReadAsync(tx => RequireAsync(tx, KeyOf(request.UUID, call)), call.Aborted), call);

    public async Task<EventSourceMappingConfiguration> UpdateAsync(UpdateEventSourceMappingRequest request, CallContext call)
    {
        const string Operation = "UpdateEventSourceMapping";
        Unsupported.Reject(Operation, request);
        var key = KeyOf(request.UUID, call);
        var known = await ledger.ReadAsync(tx => RequireAsync(tx, key), call.Aborted);
        var reference = request.FunctionName is { } name ? FunctionRef.Parse(name, call) : null;
        var source = sources.TryFind(known.SourceArn, out var found) ? found : throw Missing(Operation, known.SourceArn);
        CheckDestinations(Operation, request.DestinationConfig, known.SourceArn, source);
        if (reference is not null)
        {
            var target = known with { Function = reference.KeyIn(call), Qualifier = reference.Qualifier };
            await RequireSourceAsync(target, await RequireFunctionAsync(reference, call), source, call);
        }

        var (now, version) = (ledger.Now, ledger.NewId());
        var changed = await ledger.ChangeAsync(known.Function, async tx =>
        {
            var before = await RequireAsync(tx, key);
            if (before.State == MappingStates.Deleting)
            {
                throw new ResourceInUseException("Cannot update the event source mapping because it is in use.");
            }

            var after = before with
            {
                Function = reference?.KeyIn(call) ?? before.Function,
                Qualifier = reference is null ? before.Qualifier : reference.Qualifier,
                Settings = MappingRules.Settings(request, source.Traits, before.Settings),
                Enabled = request.Enabled ?? before.Enabled,
                Reason = source.Traits.UserReason,
                LastModified = now,
                Version = version,
            };
            if (after.FunctionArn != before.FunctionArn)
            {
                await RequireNoOtherAsync(tx, after);
            }

            after = after with { State = StateAfter(before, after) };
            MappingStore.Put(tx, before, after);
            return after;
        });
        pollers.Ensure(key);
        return await ViewAsync(changed, call);
    }

    public async Task<EventSourceMappingConfiguration> DeleteAsync(DeleteEventSourceMappingRequest request, CallContext call)
    {
        var key = KeyOf(request.UUID, call);
        var known = await ledger.ReadAsync(tx => RequireAsync(tx, key), call.Aborted);
        var version = ledger.NewId();
        var result = await ResultAsync(known, call);
        var deleted = await ledger.ChangeAsync(known.Function, async tx =>
        {
            var before = await RequireAsync(tx, key);
            if (before.State == MappingStates.Deleting)
            {
                throw new ResourceInUseException("Cannot delete the event source mapping because it is in use.");
            }

            var after = before with { State = MappingStates.Deleting, Enabled = false, Version = version };
            MappingStore.Put(tx, before, after);
            return after;
        });
        pollers.Ensure(key);
        return MappingView.Of(deleted, result, TraitsOf(deleted));
    }

    public async Task<ListEventSourceMappingsResult> ListAsync(ListEventSourceMappingsRequest request, CallContext call)
    {
        var reference = request.FunctionName is { } name ? FunctionRef.Parse(name, call) : null;
        var limit = Math.Min(request.MaxItems ?? MaxPage, MaxPage);
        var after = PageMarker.Read(request.Marker);
        var found = new List<MappingRecord>();
        while (found.Count <= limit)
        {
            var last = after;
            var page = await ledger.ReadAsync(tx => MappingStore.ListAsync(tx, call.Account, call.Region, last, MaxPage), call.Aborted);
            found.AddRange(page.Where(mapping => Fits(mapping, request.EventSourceArn, reference)));
            if (page.Count < MaxPage)
            {
                break;
            }

            after = page[^1].Uuid;
        }

        if (found.Count > limit + 1)
        {
            found.RemoveRange(limit + 1, found.Count - limit - 1);
        }

        var next = PageMarker.Cut(found, limit, mapping => mapping.Uuid);
        var views = new List<EventSourceMappingConfiguration>(found.Count);
        foreach (var mapping in found)
        {
            views.Add(await ViewAsync(mapping, call));
        }

        return new ListEventSourceMappingsResult(views, next);
    }

    private static bool Fits(MappingRecord mapping, string? sourceArn, FunctionRef? function) =>
        (sourceArn is null || mapping.SourceArn == sourceArn)
        && (function is null || (mapping.Function.Name == function.Name && mapping.Qualifier == function.Qualifier));

    private static string StateAfter(MappingRecord before, MappingRecord after) => (before.Enabled, after.Enabled) switch
    {
        (false, true) => MappingStates.Enabling,
        (true, false) => MappingStates.Disabling,
        _ => MappingStates.Updating,
    };

    private static void CheckDestinations(string operation, DestinationConfig? config, string arn, IEventSource? source)
    {
        if (source is null && config is not null && MappingSources.MissingService(arn) == "sqs")
        {
            throw new InvalidParameterValueException("Unsupported DestinationConfig parameter for given event source mapping type.");
        }

        MappingRules.CheckDestinations(operation, config, source?.Traits);
    }

    private static ServiceException Missing(string operation, string arn) => MappingSources.MissingService(arn) is { } service
        ? Unsupported.Member(operation, $"EventSourceArn of {service}")
        : new InvalidParameterValueException("Unrecognized event source.");

    private async Task<VersionRecord> RequireFunctionAsync(FunctionRef reference, CallContext call) => await ledger.ReadAsync(
        async tx => await FunctionStore.GetAsync(tx, reference.KeyIn(call)) is { } function
            ? await VersionLookup.FindAsync(tx, function, reference.Qualifier)
            : null,
        call.Aborted) ?? throw new InvalidParameterValueException("Function does not exist");

    /// <summary>The source is there, and the function's role may read it.</summary>
    private async Task RequireSourceAsync(MappingRecord mapping, VersionRecord version, IEventSource source, CallContext call)
    {
        var isOurs = mapping.SourceArn.Split(':') is [_, _, _, var region, var account, ..] && region == call.Region && account == call.Account;
        if (isOurs && !await source.ExistsAsync(mapping.SourceArn, call.Aborted))
        {
            throw new InvalidParameterValueException(string.Format(null, source.Traits.MissingProblem, mapping.SourceArn));
        }

        if (!isOurs || !await guard.AllowsAsync(mapping.Function, version.Role, source, mapping.SourceArn))
        {
            throw new InvalidParameterValueException(string.Format(null, source.Traits.AccessProblem, mapping.SourceArn));
        }
    }

    private static async ValueTask RequireNoOtherAsync(IReadTransaction tx, MappingRecord mapping)
    {
        if (await MappingStore.FindAsync(tx, mapping.Function, mapping.Qualifier, mapping.SourceArn) is { } other)
        {
            throw new ResourceConflictException(
                $"The event source arn (\" {mapping.SourceArn} \") and function (\" {mapping.Function.Name} \") provided mapping already exists. "
                + $"Please update or delete the existing mapping with UUID {other}");
        }
    }

    private static async ValueTask<MappingRecord> RequireAsync(IReadTransaction tx, MappingKey key) =>
        await MappingStore.GetAsync(tx, key) ?? throw new ResourceNotFoundException("The resource you requested does not exist.");

    private static MappingKey KeyOf(string uuid, CallContext call) => new(call.Account, call.Region, uuid);

    private async ValueTask<EventSourceMappingConfiguration> ViewAsync(MappingRecord mapping, CallContext call) =>
        MappingView.Of(mapping, await ResultAsync(mapping, call), TraitsOf(mapping));

    private async ValueTask<string> ResultAsync(MappingRecord mapping, CallContext call)
    {
        if (pollers.ResultOf(mapping.Key) is { } live)
        {
            return live.Text;
        }

        var checkpoints = await ledger.ReadAsync(tx => CheckpointStore.ListAsync(tx, mapping.Id, MaxShards), call.Aborted);
        return checkpoints.Where(c => c.Result is not null).MaxBy(c => c.ResultAt)?.Result ?? ProcessingResults.None;
    }

    private EventSourceTraits? TraitsOf(MappingRecord mapping) => sources.TryFind(mapping.SourceArn, out var source) ? source.Traits : null;
}
