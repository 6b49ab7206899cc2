using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Resolution;

namespace Petrel.Tests.Lambda.Control;

/// <summary>Pending, Active, Failed; InProgress, Successful, Failed.</summary>
public sealed class FunctionStateTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new(more: GatedLibrary.Services());
    private readonly GatedLibrary _library;

    public FunctionStateTests() => _library = _plane.Get<GatedLibrary>();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task CreateFunction_WithASlowPreparation_AnswersAfterAWhileAndShowsPending()
    {
        _library.Close();
        var creation = _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f"), ControlPlane.Call());
        await LetThePatienceRunOutAsync(creation);

        Assert.Equal("Pending", (await creation).State);
        Assert.Equal("Pending", (await ConfigurationAsync()).State);
        var early = await Assert.ThrowsAsync<ResourceConflictException>(() =>
            _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: "x"), ControlPlane.Call()));
        Assert.Equal("The operation cannot be performed at this time. The function is currently in the following state: Pending", early.Message);

        _library.Release();
        Assert.Equal("Active", (await _plane.SettledAsync("f")).State);
    }

    [Fact]
    public async Task CreateFunction_WithAFailingPreparation_ShowsFailedAndWhy()
    {
        _library.Close();
        _library.Fail("The package is odd.");
        await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f"), ControlPlane.Call());

        var failed = await _plane.SettledAsync("f");
        Assert.Equal(("Failed", "The package is odd.", "InvalidZipFileException"), (failed.State, failed.StateReason, failed.StateReasonCode));
        Assert.Equal("Failed", failed.LastUpdateStatus);
        var resolver = _plane.Get<FunctionResolver>();
        var refused = await Assert.ThrowsAsync<ResourceConflictException>(() => resolver.ResolveAsync("f", null, ControlPlane.Call()).AsTask());
        Assert.Equal("The operation cannot be performed at this time. The function is currently in the following state: Failed", refused.Message);
    }

    [Fact]
    public async Task CreateFunction_WhoseCodeTheEngineCannotCompile_ShowsFailedAndWhy()
    {
        await using var plane = new ControlPlane();
        plane.Engine.PreparationFailure = new FunctionStartException("InvalidZipFileException", "The code cannot be compiled: odd");
        await plane.Lambda.CreateFunction(ControlPlane.NewFunction("f"), ControlPlane.Call());
        var failed = await plane.SettledAsync("f");
        Assert.Equal(("Failed", "The code cannot be compiled: odd", "InvalidZipFileException"), (failed.State, failed.StateReason, failed.StateReasonCode));
    }

    [Fact]
    public async Task UpdateFunctionCode_AfterAFailedCreation_MakesTheFunctionActive()
    {
        _library.Close();
        _library.Fail("odd");
        await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f"), ControlPlane.Call());
        await _plane.SettledAsync("f");
        _library.Close();
        _library.Release();

        await _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2")), ControlPlane.Call());
        var active = await _plane.SettledAsync("f");
        Assert.Equal(("Active", "Successful", null), (active.State, active.LastUpdateStatus, active.StateReason));
    }

    [Fact]
    public async Task UpdateFunctionCode_WhileItIsPrepared_RunsTheOldCodeAndRefusesOtherUpdates()
    {
        await _plane.CreateAsync("f");
        var before = await ResolveAsync();
        _library.Close();
        var update = _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2")), ControlPlane.Call());
        await LetThePatienceRunOutAsync(update);

        var answer = await update;
        Assert.Equal(
            ("Active", "InProgress", "The function is being created.", "Creating"),
            (answer.State, answer.LastUpdateStatus, answer.LastUpdateStatusReason, answer.LastUpdateStatusReasonCode));
        Assert.Equal(before, await ResolveAsync());
        foreach (var refused in new Func<Task>[]
        {
            () => _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v3")), ControlPlane.Call()),
            () => _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: "x"), ControlPlane.Call()),
            () => _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call()),
        })
        {
            var error = await Assert.ThrowsAsync<ResourceConflictException>(refused);
            Assert.Equal(
                $"The operation cannot be performed at this time. An update is in progress for resource: {ControlPlane.Arn("f")}",
                error.Message);
        }

        _library.Release();
        Assert.Equal("Successful", (await _plane.SettledAsync("f")).LastUpdateStatus);
        Assert.NotEqual(before, await ResolveAsync());
    }

    [Fact]
    public async Task UpdateFunctionCode_ThatFails_KeepsRunningTheOldCode()
    {
        await _plane.CreateAsync("f");
        var before = await ResolveAsync();
        _library.Close();
        _library.Fail("odd");
        await _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2")), ControlPlane.Call());

        var failed = await _plane.SettledAsync("f");
        Assert.Equal(
            ("Active", "Failed", "odd", "InvalidZipFileException"),
            (failed.State, failed.LastUpdateStatus, failed.LastUpdateStatusReason, failed.LastUpdateStatusReasonCode));
        _library.Close();
        _library.Release();
        Assert.Equal(before, await ResolveAsync());
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: "again"), ControlPlane.Call());
        Assert.Equal("Successful", (await _plane.SettledAsync("f")).LastUpdateStatus);
    }

    [Fact]
    public async Task Preparation_InterruptedByTheEndOfTheDaemon_GoesOnAtTheNextStart()
    {
        _library.Close();
        var creation = _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f") with { Publish = true }, ControlPlane.Call());
        await LetThePatienceRunOutAsync(creation);

        await using var next = new ControlPlane(store: _plane.Store, folder: _plane.Folder);
        await next.Get<Preparer>().StartAsync(default);
        Assert.Equal("Active", (await next.SettledAsync("f")).State);
        Assert.Equal("Active", (await next.SettledAsync("f", "1")).State);
    }

    [Fact]
    public async Task Resolve_OfAFunctionThatIsBeingCreated_WaitsForIt()
    {
        _library.Close();
        var creation = _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f"), ControlPlane.Call());
        await LetThePatienceRunOutAsync(creation);
        var resolution = _plane.Get<FunctionResolver>().ResolveAsync("f", null, ControlPlane.Call()).AsTask();
        Assert.False(resolution.IsCompleted);

        _library.Release();
        Assert.Equal("f", (await resolution).Target.Function.Key.Name);
    }

    /// <summary>An answer waits a second for the preparation.</summary>
    private async Task LetThePatienceRunOutAsync(Task answer)
    {
        await Petrel.Testing.Eventually.IsTrueAsync(() => _plane.Clock.WaitingTimers > 0 || answer.IsCompleted);
        _plane.Clock.Advance(TimeSpan.FromSeconds(1));
        await answer;
    }

    private Task<FunctionConfiguration> ConfigurationAsync() =>
        _plane.Lambda.GetFunctionConfiguration(new GetFunctionConfigurationRequest("f"), ControlPlane.Call());

    private async Task<string> ResolveAsync() =>
        (await _plane.Get<FunctionResolver>().ResolveAsync("f", null, ControlPlane.Call())).Target.Spec.PoolKey;
}
