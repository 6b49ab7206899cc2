using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Testing;

namespace Petrel.Tests.Lambda.Control;

public sealed class ConcurrencyTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task FunctionConcurrency_OverALifetime_IsWhatWasPut()
    {
        await _plane.CreateAsync("f");
        Assert.Null((await _plane.Lambda.GetFunctionConcurrency(new("f"), ControlPlane.Call())).ReservedConcurrentExecutions);
        Assert.Equal(0, (await _plane.Lambda.PutFunctionConcurrency(new("f", 0), ControlPlane.Call())).ReservedConcurrentExecutions);
        await _plane.Lambda.PutFunctionConcurrency(new("f", 1), ControlPlane.Call());
        Assert.Equal(1, (await _plane.Lambda.GetFunctionConcurrency(new("f"), ControlPlane.Call())).ReservedConcurrentExecutions);
        Assert.Equal(1, (await _plane.Lambda.GetFunction(new("f"), ControlPlane.Call())).Concurrency!.ReservedConcurrentExecutions);
        await _plane.Lambda.DeleteFunctionConcurrency(new("f"), ControlPlane.Call());
        Assert.Null((await _plane.Lambda.GetFunctionConcurrency(new("f"), ControlPlane.Call())).ReservedConcurrentExecutions);
    }

    [Fact]
    public async Task PutFunctionConcurrency_BelowWhatMustStayFree_IsRefused()
    {
        await _plane.CreateAsync("f");
        await _plane.CreateAsync("g");
        await _plane.Lambda.PutFunctionConcurrency(new("f", 900), ControlPlane.Call());
        await _plane.Lambda.PutFunctionConcurrency(new("f", 800), ControlPlane.Call());
        await _plane.Lambda.PutFunctionConcurrency(new("g", 100), ControlPlane.Call());
        var error = await Assert.ThrowsAsync<InvalidParameterValueException>(() => _plane.Lambda.PutFunctionConcurrency(new("g", 101), ControlPlane.Call()));
        Assert.Equal(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
            error.Message);
        var limit = (await _plane.Lambda.GetAccountSettings(new(), ControlPlane.Call())).AccountLimit;
        Assert.Equal((1000, 100), (limit.ConcurrentExecutions, limit.UnreservedConcurrentExecutions));
    }

    [Fact]
    public async Task FunctionConcurrency_OfWhatIsNoFunction_IsRefused()
    {
        await _plane.CreateAsync("f");
        var missing = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.PutFunctionConcurrency(new("doesnotexist", 1), ControlPlane.Call()));
        Assert.Equal($"Function not found: {ControlPlane.Arn("doesnotexist", "$LATEST")}", missing.Message);
        missing = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.GetFunctionConcurrency(new("doesnotexist"), ControlPlane.Call()));
        Assert.Equal($"Function not found: {ControlPlane.Arn("doesnotexist")}", missing.Message);
        var qualified = await Assert.ThrowsAsync<InvalidParameterValueException>(() =>
            _plane.Lambda.PutFunctionConcurrency(new(ControlPlane.Arn("f", "$LATEST"), 1), ControlPlane.Call()));
        Assert.Equal(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
            + "Please specify either a function name or an unqualified function ARN.",
            qualified.Message);
    }

    [Fact]
    public async Task ProvisionedConcurrency_OnAVersion_ReachesTheEngineAndShowsReady()
    {
        await CreateAsync(versions: 1);
        var put = await _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "1", 2), ControlPlane.Call());
        Assert.Equal((2, 0, 0, "IN_PROGRESS"), (put.RequestedProvisionedConcurrentExecutions, put.AvailableProvisionedConcurrentExecutions, put.AllocatedProvisionedConcurrentExecutions, put.Status));

        await ReadyAsync("1");
        var item = Assert.Single((await _plane.Lambda.ListProvisionedConcurrencyConfigs(new("f"), ControlPlane.Call())).ProvisionedConcurrencyConfigs);
        Assert.Equal((ControlPlane.Arn("f", "1"), "READY", 2), (item.FunctionArn, item.Status, item.AvailableProvisionedConcurrentExecutions));

        await _plane.Lambda.DeleteProvisionedConcurrencyConfig(new("f", "1"), ControlPlane.Call());
        await _plane.Lambda.DeleteProvisionedConcurrencyConfig(new("f", "1"), ControlPlane.Call());
        var gone = await Assert.ThrowsAsync<ProvisionedConcurrencyConfigNotFoundException>(() => _plane.Lambda.GetProvisionedConcurrencyConfig(new("f", "1"), ControlPlane.Call()));
        Assert.Equal("No Provisioned Concurrency Config found for this function", gone.Message);
        var pool = await PoolAsync("1");
        await Eventually.IsTrueAsync(() => _plane.Engine.GetProvisioned(pool).Requested == 0);
    }

    [Fact]
    public async Task ProvisionedConcurrency_OnAnAlias_FollowsItsVersionsAndWeights()
    {
        await CreateAsync(versions: 2);
        await _plane.Lambda.CreateAlias(new("f", "live", "1"), ControlPlane.Call());
        await _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "live", 4), ControlPlane.Call());
        var (one, two) = (await PoolAsync("1"), await PoolAsync("2"));
        await Eventually.IsTrueAsync(() => _plane.Engine.GetProvisioned(one).Requested == 4);

        await _plane.Lambda.UpdateAlias(new("f", "live", RoutingConfig: new(new() { ["2"] = 0.25 })), ControlPlane.Call());
        await Eventually.IsTrueAsync(() => _plane.Engine.GetProvisioned(one).Requested == 3 && _plane.Engine.GetProvisioned(two).Requested == 1);
        await _plane.Lambda.UpdateAlias(new("f", "live", "2", RoutingConfig: new(new())), ControlPlane.Call());
        await Eventually.IsTrueAsync(() => _plane.Engine.GetProvisioned(one).Requested == 0 && _plane.Engine.GetProvisioned(two).Requested == 4);

        await _plane.Lambda.DeleteAlias(new("f", "live"), ControlPlane.Call());
        await Eventually.IsTrueAsync(() => _plane.Engine.GetProvisioned(two).Requested == 0);
        Assert.Empty((await _plane.Lambda.ListProvisionedConcurrencyConfigs(new("f"), ControlPlane.Call())).ProvisionedConcurrencyConfigs);
    }

    [Fact]
    public async Task ProvisionedConcurrency_OfVersionAndItsAlias_Conflicts()
    {
        await CreateAsync(versions: 1);
        await _plane.Lambda.CreateAlias(new("f", "live", "1"), ControlPlane.Call());
        await _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "1", 1), ControlPlane.Call());
        var alias = await Assert.ThrowsAsync<ResourceConflictException>(() => _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "live", 1), ControlPlane.Call()));
        Assert.Equal("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version", alias.Message);

        await _plane.Lambda.DeleteProvisionedConcurrencyConfig(new("f", "1"), ControlPlane.Call());
        await _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "live", 1), ControlPlane.Call());
        var version = await Assert.ThrowsAsync<ResourceConflictException>(() => _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "1", 1), ControlPlane.Call()));
        Assert.Equal("Version is pointed by a Provisioned Concurrency alias", version.Message);
    }

    [Theory]
    [InlineData("doesnotexist", "noalias", "Cannot find alias arn: arn:aws:lambda:eu-west-1:111111111111:function:doesnotexist:noalias")]
    [InlineData("doesnotexist", "1", "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:doesnotexist:1")]
    [InlineData("f", "noalias", "Cannot find alias arn: arn:aws:lambda:eu-west-1:111111111111:function:f:noalias")]
    [InlineData("f", "10", "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:10")]
    public async Task ProvisionedConcurrency_OfWhatIsNotThere_IsNotFound(string name, string qualifier, string message)
    {
        await CreateAsync(versions: 1);
        foreach (var call in new Func<Task>[]
        {
            () => _plane.Lambda.GetProvisionedConcurrencyConfig(new(name, qualifier), ControlPlane.Call()),
            () => _plane.Lambda.DeleteProvisionedConcurrencyConfig(new(name, qualifier), ControlPlane.Call()),
            () => _plane.Lambda.PutProvisionedConcurrencyConfig(new(name, qualifier, 1), ControlPlane.Call()),
        })
        {
            Assert.Equal(message, (await Assert.ThrowsAsync<ResourceNotFoundException>(call)).Message);
        }
    }

    [Fact]
    public async Task ProvisionedConcurrency_OfLatest_IsRefused()
    {
        await CreateAsync(versions: 1);
        var put = await Assert.ThrowsAsync<InvalidParameterValueException>(() => _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "$LATEST", 1), ControlPlane.Call()));
        Assert.Equal("Provisioned Concurrency Configs cannot be applied to unpublished function versions.", put.Message);
        var get = await Assert.ThrowsAsync<InvalidParameterValueException>(() => _plane.Lambda.GetProvisionedConcurrencyConfig(new("f", "$LATEST"), ControlPlane.Call()));
        Assert.Equal("The function resource provided must be an alias or a published version.", get.Message);
    }

    [Fact]
    public async Task ProvisionedConcurrency_BeyondTheLimits_IsRefused()
    {
        await CreateAsync(versions: 1);
        await RefusedAsync(1001, "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000].");
        await RefusedAsync(901, "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].");
        await _plane.Lambda.PutFunctionConcurrency(new("f", 5), ControlPlane.Call());
        await RefusedAsync(6, "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function");
        await _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "1", 5), ControlPlane.Call());
    }

    [Fact]
    public async Task ProvisionedConcurrency_AfterARestart_IsAskedForAgain()
    {
        await CreateAsync(versions: 1);
        await _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "1", 3), ControlPlane.Call());
        await using var next = new ControlPlane(store: _plane.Store, folder: _plane.Folder);
        await next.Get<ProvisionedKeeper>().StartAsync(default);
        var pool = await PoolAsync("1");
        await Eventually.IsTrueAsync(() => next.Engine.GetProvisioned(pool).Requested == 3);
    }

    private async Task CreateAsync(int versions)
    {
        await _plane.CreateAsync("f");
        for (var i = 1; i <= versions; i++)
        {
            await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: $"{i}"), ControlPlane.Call());
            await _plane.SettledAsync("f");
            await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        }
    }

    private async Task ReadyAsync(string qualifier)
    {
        while ((await _plane.Lambda.GetProvisionedConcurrencyConfig(new("f", qualifier), ControlPlane.Call())).Status != "READY")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

    private async Task<string> PoolAsync(string qualifier) =>
        (await _plane.Get<FunctionResolver>().ResolveAsync("f", qualifier, ControlPlane.Call())).Target.Spec.PoolKey;

    private async Task RefusedAsync(int instances, string message)
    {
        var error = await Assert.ThrowsAsync<InvalidParameterValueException>(() =>
            _plane.Lambda.PutProvisionedConcurrencyConfig(new("f", "1", instances), ControlPlane.Call()));
        Assert.Equal(message, error.Message);
    }
}
