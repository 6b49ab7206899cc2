using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.EventSources;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.EventSources;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Tests.Lambda.Control;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.EventSources;

public sealed class MappingsApiTests : IAsyncDisposable
{
    private readonly ControlPlane _plane;
    private readonly FakeStream _stream;

    public MappingsApiTests()
    {
        var store = new MemoryStore();
        _stream = new FakeStream(store, TimeProvider.System);
        _plane = new ControlPlane(store: store, more: new ServiceCollection().AddSingleton<IEventSource>(_stream));
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Create_Defaults_AreTheServices()
    {
        await _plane.CreateAsync("f");
        var made = await CreateAsync();
        Assert.Equal(("Creating", "User action", "No records processed"), (made.State, made.StateTransitionReason, made.LastProcessingResult));
        Assert.Equal((100, 0, 1, -1, -1, 0), (
            made.BatchSize, made.MaximumBatchingWindowInSeconds, made.ParallelizationFactor, made.MaximumRecordAgeInSeconds, made.MaximumRetryAttempts, made.TumblingWindowInSeconds));
        Assert.Equal((false, "TRIM_HORIZON", ControlPlane.Arn("f")), (made.BisectBatchOnFunctionError, made.StartingPosition, made.FunctionArn));
        Assert.Equal($"arn:aws:lambda:{ControlPlane.Region}:{ControlPlane.Account}:event-source-mapping:{made.UUID}", made.EventSourceMappingArn);
        Assert.Empty(made.FunctionResponseTypes!);
        Assert.Null(made.FilterCriteria);
        await UntilAsync(made.UUID, "Enabled");
    }

    [Fact]
    public async Task Create_NotEnabled_BecomesDisabled()
    {
        await _plane.CreateAsync("f");
        await UntilAsync((await CreateAsync(r => r with { Enabled = false })).UUID, "Disabled");
    }

    [Fact]
    public async Task Create_SamePairTwice_Conflicts()
    {
        await _plane.CreateAsync("f");
        var first = await CreateAsync();
        var conflict = await Assert.ThrowsAsync<ResourceConflictException>(() => CreateAsync(r => r with { FunctionName = ControlPlane.Arn("f") }));
        Assert.Equal(
            $"The event source arn (\" {FakeStream.Arn} \") and function (\" f \") provided mapping already exists. "
            + $"Please update or delete the existing mapping with UUID {first.UUID}",
            conflict.Message);
    }

    [Fact]
    public async Task Create_FunctionWithQualifier_IsShownAsItWasAsked()
    {
        await _plane.CreateAsync("f");
        Assert.Equal(ControlPlane.Arn("f", "$LATEST"), (await CreateAsync(r => r with { FunctionName = "f:$LATEST" })).FunctionArn);
        await RefusedAsync("Function does not exist", r => r with { FunctionName = "f:prod" });
    }

    [Fact]
    public async Task Create_BadRequests_HaveTheServicesWords()
    {
        await _plane.CreateAsync("f");
        await RefusedAsync("Unrecognized event source.", r => r with { EventSourceArn = null });
        await RefusedAsync("Function does not exist", r => r with { FunctionName = "g" });
        await RefusedAsync("Function does not exist", r => r with { FunctionName = "g", EventSourceArn = "arn:aws:sqs:eu-west-1:111111111111:q" });
        await RefusedAsync(
            "Unsupported DestinationConfig parameter for given event source mapping type.",
            r => r with { FunctionName = "g", EventSourceArn = "arn:aws:sqs:eu-west-1:111111111111:q", DestinationConfig = new(new Destination("arn:aws:sqs:eu-west-1:111111111111:d")) });
        await RefusedAsync(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
            r => r with { StartingPosition = null });
        await RefusedAsync($"Unsupported starting position for arn type: {FakeStream.Arn}", r => r with { StartingPosition = "AT_TIMESTAMP" });
        await RefusedAsync("Invalid filter pattern definition.", r => r with { FilterCriteria = new([new Filter("single-string")]) });
        await RefusedAsync("Invalid filter pattern definition.", r => r with { FilterCriteria = new([new Filter("""[{"eventName": ["INSERT"=123}]""")]) });
        _plane.Access.Denied.Add("dynamodb:GetRecords");
        await RefusedAsync($"Cannot access stream {FakeStream.Arn}.");
        _stream.Gone = true;
        await RefusedAsync($"Stream not found: {FakeStream.Arn}");
    }

    [Theory]
    [InlineData("kinesis:eu-west-1:111111111111:stream/s", "kinesis")]
    [InlineData("sqs:eu-west-1:111111111111:q", "sqs")]
    public async Task Create_SourceThatIsNotHere_IsRefusedByName(string arn, string service)
    {
        await _plane.CreateAsync("f");
        var refused = await Assert.ThrowsAsync<CommonException>(() => CreateAsync(r => r with { EventSourceArn = $"arn:aws:{arn}" }));
        Assert.Equal((501, $"Petrel does not implement lambda:CreateEventSourceMapping with EventSourceArn of {service}."), (refused.Status, refused.Message));
    }

    [Fact]
    public async Task Create_MembersWithoutEffect_AreRefusedByName()
    {
        await _plane.CreateAsync("f");
        Func<CreateEventSourceMappingRequest, CreateEventSourceMappingRequest>[] asked =
        [
            r => r with { ScalingConfig = new ScalingConfig(5) },
            r => r with { ProvisionedPollerConfig = new ProvisionedPollerConfig(1, 2) },
            r => r with { MetricsConfig = new EventSourceMappingMetricsConfig(["EventCount"]) },
            r => r with { KMSKeyArn = "arn:aws:kms:eu-west-1:111111111111:key/k" },
            r => r with { Topics = ["t"] },
            r => r with { DestinationConfig = new DestinationConfig(null, new Destination("arn:aws:sqs:eu-west-1:111111111111:d")) },
        ];
        foreach (var ask in asked)
        {
            Assert.Equal(501, (await Assert.ThrowsAsync<CommonException>(() => CreateAsync(ask))).Status);
        }
    }

    [Fact]
    public async Task Update_Settings_ChangesThemAndNothingElse()
    {
        await _plane.CreateAsync("f");
        var made = await CreateAsync(r => r with { BatchSize = 7, FilterCriteria = new([new Filter("""{"n":[1]}""")]) });
        await UntilAsync(made.UUID, "Enabled");
        var updated = await _plane.Lambda.UpdateEventSourceMapping(
            new UpdateEventSourceMappingRequest(made.UUID, MaximumRetryAttempts: 3, FunctionResponseTypes: ["ReportBatchItemFailures"]), ControlPlane.Call());
        Assert.Equal(("Updating", 7, 3), (updated.State, updated.BatchSize, updated.MaximumRetryAttempts));
        Assert.Equal(["ReportBatchItemFailures"], updated.FunctionResponseTypes);
        Assert.Single(updated.FilterCriteria!.Filters!);
        await UntilAsync(made.UUID, "Enabled");
        var disabled = await _plane.Lambda.UpdateEventSourceMapping(new UpdateEventSourceMappingRequest(made.UUID, Enabled: false, FilterCriteria: new([])), ControlPlane.Call());
        Assert.Equal("Disabling", disabled.State);
        Assert.Null(disabled.FilterCriteria);
        await UntilAsync(made.UUID, "Disabled");
    }

    [Fact]
    public async Task Update_OtherFunction_IsLookedAtLikeANewOne()
    {
        await _plane.CreateAsync("f");
        await _plane.CreateAsync("g");
        var (ofF, ofG) = (await CreateAsync(), await CreateAsync(r => r with { FunctionName = "g" }));
        await Assert.ThrowsAsync<ResourceConflictException>(() => UpdateAsync(ofF.UUID, "g"));
        await Assert.ThrowsAsync<InvalidParameterValueException>(() => UpdateAsync(ofF.UUID, "h"));
        await DeleteAsync(ofG.UUID);
        Assert.Equal(ControlPlane.Arn("g"), (await UpdateAsync(ofF.UUID, "g")).FunctionArn);
        await CreateAsync();
    }

    [Fact]
    public async Task Delete_Mapping_IsDeletingAndThenGone()
    {
        await _plane.CreateAsync("f");
        var made = await CreateAsync();
        await UntilAsync(made.UUID, "Enabled");
        await DeleteAsync(made.UUID);
        var gone = await Assert.ThrowsAsync<ResourceNotFoundException>(() => GetAsync(made.UUID));
        Assert.Equal("The resource you requested does not exist.", gone.Message);
    }

    [Fact]
    public async Task List_ByFunctionAndSource_IsPaged()
    {
        foreach (var name in (string[])["f", "g", "h"])
        {
            await _plane.CreateAsync(name);
            await CreateAsync(r => r with { FunctionName = name });
        }

        Assert.Equal(3, (await ListAsync(new(FakeStream.Arn))).EventSourceMappings.Count);
        Assert.Equal(ControlPlane.Arn("g"), Assert.Single((await ListAsync(new(FunctionName: "g"))).EventSourceMappings).FunctionArn);
        Assert.Empty((await ListAsync(new("arn:aws:sqs:eu-west-1:111111111111:q"))).EventSourceMappings);
        var first = await ListAsync(new(MaxItems: 2));
        var second = await ListAsync(new(MaxItems: 2, Marker: first.NextMarker));
        Assert.Equal((2, 1, null), (first.EventSourceMappings.Count, second.EventSourceMappings.Count, second.NextMarker));
    }

    [Fact]
    public async Task Tags_OfAMapping_AreItsOwn()
    {
        await _plane.CreateAsync("f");
        var made = await CreateAsync(r => r with { Tags = new() { ["a"] = "1" } });
        await _plane.Lambda.TagResource(new TagResourceRequest(made.EventSourceMappingArn, new() { ["b"] = "2" }), ControlPlane.Call());
        await _plane.Lambda.UntagResource(new UntagResourceRequest(made.EventSourceMappingArn, ["a"]), ControlPlane.Call());
        var tags = (await _plane.Lambda.ListTags(new ListTagsRequest(made.EventSourceMappingArn), ControlPlane.Call())).Tags;
        Assert.Equal(new Dictionary<string, string> { ["b"] = "2" }, tags);
    }

    [Fact]
    public async Task FunctionIsDeleted_MappingStaysEnabled()
    {
        await _plane.CreateAsync("f");
        var made = await CreateAsync();
        await UntilAsync(made.UUID, "Enabled");
        await _plane.Lambda.DeleteFunction(new DeleteFunctionRequest("f"), ControlPlane.Call());
        Assert.Equal("Enabled", (await GetAsync(made.UUID)).State);
        await DeleteAsync(made.UUID);
    }

    private static CreateEventSourceMappingRequest Request() => new("f", FakeStream.Arn, StartingPosition: "TRIM_HORIZON");

    private Task<EventSourceMappingConfiguration> CreateAsync(Func<CreateEventSourceMappingRequest, CreateEventSourceMappingRequest>? change = null) =>
        _plane.Lambda.CreateEventSourceMapping(change?.Invoke(Request()) ?? Request(), ControlPlane.Call());

    private async Task RefusedAsync(string message, Func<CreateEventSourceMappingRequest, CreateEventSourceMappingRequest>? change = null) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<InvalidParameterValueException>(() => CreateAsync(change))).Message);

    private Task<EventSourceMappingConfiguration> GetAsync(string uuid) =>
        _plane.Lambda.GetEventSourceMapping(new GetEventSourceMappingRequest(uuid), ControlPlane.Call());

    private Task<EventSourceMappingConfiguration> UpdateAsync(string uuid, string function) =>
        _plane.Lambda.UpdateEventSourceMapping(new UpdateEventSourceMappingRequest(uuid, function), ControlPlane.Call());

    private Task<ListEventSourceMappingsResult> ListAsync(ListEventSourceMappingsRequest request) =>
        _plane.Lambda.ListEventSourceMappings(request, ControlPlane.Call());

    private async Task DeleteAsync(string uuid)
    {
        Assert.Equal("Deleting", (await _plane.Lambda.DeleteEventSourceMapping(new DeleteEventSourceMappingRequest(uuid), ControlPlane.Call())).State);
        await MappingWorld.UntilAsync(async () => !(await ListAsync(new())).EventSourceMappings.Exists(mapping => mapping.UUID == uuid));
    }

    private Task UntilAsync(string uuid, string state) => MappingWorld.UntilAsync(async () => (await GetAsync(uuid)).State == state);
}
