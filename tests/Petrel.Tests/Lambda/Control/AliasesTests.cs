using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Control;

public sealed class AliasesTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Alias_OverALifetime_FollowsItsUpdates()
    {
        await CreateFunctionAsync();
        var lambda = _plane.Lambda;
        var created = await lambda.CreateAlias(new("f", "a", "1", "custom-alias", Weights(("2", 0.2))), ControlPlane.Call());
        Assert.Equal((ControlPlane.Arn("f", "a"), "a", "1", "custom-alias"), (created.AliasArn, created.Name, created.FunctionVersion, created.Description));
        Assert.Equal(0.2, created.RoutingConfig!.AdditionalVersionWeights!["2"]);
        var got = await lambda.GetAlias(new("f", "a"), ControlPlane.Call());
        Assert.Equal(created.RevisionId, got.RevisionId);

        var configuration = await lambda.GetFunctionConfiguration(new("f", "a"), ControlPlane.Call());
        Assert.Equal((ControlPlane.Arn("f", "a"), "1"), (configuration.FunctionArn, configuration.Version));

        var updated = await lambda.UpdateAlias(new("f", "a", RoutingConfig: new(new()), RevisionId: created.RevisionId), ControlPlane.Call());
        Assert.Null(updated.RoutingConfig);
        Assert.NotEqual(created.RevisionId, updated.RevisionId);
        Assert.Equal(("1", "custom-alias"), (updated.FunctionVersion, updated.Description));
        var moved = await lambda.UpdateAlias(new("f", "a", "2"), ControlPlane.Call());
        Assert.Equal("2", moved.FunctionVersion);

        await lambda.DeleteAlias(new("f", "a"), ControlPlane.Call());
        await lambda.DeleteAlias(new("f", "a"), ControlPlane.Call());
        var error = await Assert.ThrowsAsync<ResourceNotFoundException>(() => lambda.GetAlias(new("f", "a"), ControlPlane.Call()));
        Assert.Equal($"Cannot find alias arn: {ControlPlane.Arn("f", "a")}", error.Message);
    }

    [Fact]
    public async Task ListAliases_InPagesAndByVersion_ShowsEachOnce()
    {
        await CreateFunctionAsync();
        for (var i = 0; i < 9; i++)
        {
            await _plane.Lambda.CreateAlias(new("f", $"a{i}", i % 3 == 0 ? "2" : "1"), ControlPlane.Call());
        }

        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"a{i}"), await ListAsync(null));
        Assert.Equal(["a1", "a2", "a4", "a5", "a7", "a8"], await ListAsync("1"));
        Assert.Empty(await ListAsync("7"));
    }

    [Fact]
    public async Task CreateAlias_OfLatest_IsAllowedWithoutWeights()
    {
        await CreateFunctionAsync();
        Assert.Equal("$LATEST", (await _plane.Lambda.CreateAlias(new("f", "a", "$LATEST"), ControlPlane.Call())).FunctionVersion);
    }

    public static TheoryData<CreateAliasRequest, string> Refusals => new()
    {
        { new("f", "a", "1", RoutingConfig: Weights(("2", 0.1), ("3", 0.1))), "Number of items in AdditionalVersionWeights cannot be greater than 1" },
        { new("f", "a", "1", RoutingConfig: Weights(("2", 2))), "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]" },
        { new("f", "a", "1", RoutingConfig: Weights(("2", -1))), "1 validation error detected: Value '{2=-1.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]" },
        { new("f", "a", "1", RoutingConfig: Weights(("$LATEST", 0.5))), "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]" },
        { new("f", "a", "1", RoutingConfig: Weights(("1", 0.5))), "Invalid function version 1. Function version 1 is already included in routing configuration." },
        { new("f", "a", "$LATEST", RoutingConfig: Weights(("1", 0.5))), "$LATEST is not supported for an alias pointing to more than 1 version" },
        { new("f", "a", "10"), "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:10" },
        { new("f", "a", "1", RoutingConfig: Weights(("10", 0.5))), "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:10" },
        { new("f-unknown", "a", "1"), "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f-unknown:1" },
        { new("f", "taken", "1"), "Alias already exists: arn:aws:lambda:eu-west-1:111111111111:function:f:taken" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task CreateAlias_OfWhatIsNotAllowed_IsRefused(CreateAliasRequest request, string message)
    {
        await CreateFunctionAsync();
        await _plane.Lambda.CreateAlias(new("f", "taken", "1"), ControlPlane.Call());
        var error = await Assert.ThrowsAnyAsync<ServiceException>(() => _plane.Lambda.CreateAlias(request, ControlPlane.Call()));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task UpdateAlias_OfWhatIsNotThereOrAnotherRevision_IsRefused()
    {
        await CreateFunctionAsync();
        await _plane.Lambda.CreateAlias(new("f", "a", "1"), ControlPlane.Call());
        var missing = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.UpdateAlias(new("f", "non-existent"), ControlPlane.Call()));
        Assert.Equal($"Alias not found: {ControlPlane.Arn("f", "non-existent")}", missing.Message);
        await Assert.ThrowsAsync<PreconditionFailedException>(() => _plane.Lambda.UpdateAlias(new("f", "a", RevisionId: "wrong"), ControlPlane.Call()));
        await Assert.ThrowsAsync<InvalidParameterValueException>(() => _plane.Lambda.UpdateAlias(new("f", "a", RoutingConfig: Weights(("1", 0.1))), ControlPlane.Call()));
    }

    private static AliasRouting Weights(params (string Version, double Weight)[] weights) => new(weights.ToDictionary(w => w.Version, w => w.Weight));

    private async Task CreateFunctionAsync()
    {
        await _plane.CreateAsync("f");
        for (var i = 1; i <= 3; i++)
        {
            await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: $"{i}"), ControlPlane.Call());
            await _plane.SettledAsync("f");
            await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        }
    }

    private async Task<List<string>> ListAsync(string? version)
    {
        var names = new List<string>();
        string? marker = null;
        do
        {
            var page = await _plane.Lambda.ListAliases(new("f", version, marker, 2), ControlPlane.Call());
            names.AddRange(page.Aliases.Select(a => a.Name));
            marker = page.NextMarker;
        }
        while (marker is not null);
        return names;
    }
}
