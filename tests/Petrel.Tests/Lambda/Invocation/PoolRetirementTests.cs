using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Testing;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class PoolRetirementTests
{
    private readonly InvocationFixture _lambda = new();

    [Fact]
    public async Task Update_OfLatest_KeepsItsNewPoolAndThePublishedOnes()
    {
        using var retirement = new PoolRetirement(_lambda.Store, _lambda.Cache, _lambda.Engine, NullLogger<PoolRetirement>.Instance);
        var function = await _lambda.AddFunctionAsync("f", null, 2);
        await _lambda.InvokeAsync("f");
        await _lambda.InvokeAsync("f:1");
        await retirement.StartAsync(default);
        var updated = function with { Latest = _lambda.Version("$LATEST") };
        await _lambda.WriteAsync(tx => FunctionStore.Put(tx, updated));
        await _lambda.InvokeAsync("f");

        var (arn, current) = await NextAsync(0);
        var pools = _lambda.Engine.Invocations.Select(i => i.Spec.PoolKey).ToArray();
        Assert.Equal(function.Key.Arn, arn);
        Assert.DoesNotContain(pools[0], current);
        Assert.Contains(pools[1], current);
        Assert.Contains(pools[2], current);
        Assert.Equal(3, current.Count);
        await retirement.StopAsync(default);
    }

    [Fact]
    public async Task Delete_OfTheFunction_KeepsNothing()
    {
        using var retirement = new PoolRetirement(_lambda.Store, _lambda.Cache, _lambda.Engine, NullLogger<PoolRetirement>.Instance);
        await retirement.StartAsync(default);
        var function = await _lambda.AddFunctionAsync("f");
        await _lambda.InvokeAsync("f");
        await _lambda.WriteAsync(tx => FunctionStore.Remove(tx, function.Key));
        Assert.Empty((await NextAsync(0)).Current);
        await retirement.StopAsync(default);
    }

    private async Task<(string FunctionArn, IReadOnlySet<string> Current)> NextAsync(int index)
    {
        await Eventually.IsTrueAsync(() => _lambda.Engine.Retired.Count > index);
        return _lambda.Engine.Retired.ElementAt(index);
    }
}
