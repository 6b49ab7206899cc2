using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Control;

/// <summary>Tags, asynchronous invocation, account, recursion, runtime management, code signing.</summary>
public sealed class SettingsTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Tags_OverALifetime_AreMergedAndRemoved()
    {
        var before = await _plane.CreateAsync("f", r => r with { Tags = new() { ["A"] = "a" } });
        await _plane.Lambda.TagResource(new(ControlPlane.Arn("f"), new() { ["B"] = "b", ["A"] = "new" }), ControlPlane.Call());
        Assert.Equal(new() { ["A"] = "new", ["B"] = "b" }, await TagsAsync());
        Assert.NotEqual(before.RevisionId, (await _plane.SettledAsync("f")).RevisionId);
        await _plane.Lambda.UntagResource(new(ControlPlane.Arn("f"), ["A", "nothing"]), ControlPlane.Call());
        await _plane.Lambda.UntagResource(new(ControlPlane.Arn("f"), ["B"]), ControlPlane.Call());
        Assert.Empty(await TagsAsync());
        Assert.Null((await _plane.Lambda.GetFunction(new("f"), ControlPlane.Call())).Tags);
    }

    [Fact]
    public async Task TagResource_OfWhatCannotBeTagged_IsRefused()
    {
        await _plane.CreateAsync("f");
        await RefusedAsync<ResourceNotFoundException>(ControlPlane.Arn("doesnotexist"), $"Function not found: {ControlPlane.Arn("doesnotexist")}");
        const string Qualified = "Tags on function aliases and versions are not supported. Please specify a function ARN.";
        await RefusedAsync<InvalidParameterValueException>(ControlPlane.Arn("f", "$LATEST"), Qualified);
        await RefusedAsync<InvalidParameterValueException>(ControlPlane.Arn("f", "alias"), Qualified);
        var mapping = "arn:aws:lambda:eu-west-1:111111111111:event-source-mapping:8b2c1a9e-0000-0000-0000-000000000000";
        await RefusedAsync<ResourceNotFoundException>(mapping, $"Event source mapping not found: {mapping}");
        var empty = await Assert.ThrowsAsync<InvalidParameterValueException>(() => _plane.Lambda.TagResource(new(ControlPlane.Arn("f"), []), ControlPlane.Call()));
        Assert.Equal("An error occurred and the request cannot be processed.", empty.Message);
        var untag = await Assert.ThrowsAsync<CommonException>(() => _plane.Lambda.UntagResource(new(ControlPlane.Arn("f"), []), ControlPlane.Call()));
        Assert.Equal("1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null", untag.Message);
    }

    [Fact]
    public async Task TagResource_BeyondFifty_IsRefused()
    {
        await _plane.CreateAsync("f");
        var fifty = Enumerable.Range(0, 50).ToDictionary(i => $"{i}_key", i => $"{i}_value");
        await _plane.Lambda.TagResource(new(ControlPlane.Arn("f"), fifty), ControlPlane.Call());
        var error = await Assert.ThrowsAsync<InvalidParameterValueException>(() =>
            _plane.Lambda.TagResource(new(ControlPlane.Arn("f"), new() { ["more"] = "x" }), ControlPlane.Call()));
        Assert.Equal("Number of tags exceeds resource tag limit.", error.Message);
    }

    [Fact]
    public async Task EventInvokeConfig_OverALifetime_IsReplacedOrUpdated()
    {
        await _plane.CreateAsync("f", r => r with { Publish = true });
        await _plane.CreateAsync("other");
        await _plane.SettledAsync("f", "1");
        await _plane.Lambda.CreateAlias(new("f", "live", "1"), ControlPlane.Call());
        var put = await _plane.Lambda.PutFunctionEventInvokeConfig(new("f", null, 0), ControlPlane.Call());
        Assert.Equal((ControlPlane.Arn("f", "$LATEST"), 0, null), (put.FunctionArn, put.MaximumRetryAttempts, put.MaximumEventAgeInSeconds));
        Assert.Equal(new DestinationConfig(new Destination(), new Destination()), put.DestinationConfig);

        var updated = await _plane.Lambda.UpdateFunctionEventInvokeConfig(new("f", "$LATEST", null, 60), ControlPlane.Call());
        Assert.Equal((0, 60), (updated.MaximumRetryAttempts, updated.MaximumEventAgeInSeconds));
        var replaced = await _plane.Lambda.PutFunctionEventInvokeConfig(new("f", null, null, 120, new(new(ControlPlane.Arn("other")))), ControlPlane.Call());
        Assert.Equal((null, 120, ControlPlane.Arn("other")), (replaced.MaximumRetryAttempts, replaced.MaximumEventAgeInSeconds, replaced.DestinationConfig!.OnSuccess!.Arn));

        await _plane.Lambda.PutFunctionEventInvokeConfig(new("f:1", null, 1), ControlPlane.Call());
        await _plane.Lambda.PutFunctionEventInvokeConfig(new("f", "live", 1), ControlPlane.Call());
        var list = await _plane.Lambda.ListFunctionEventInvokeConfigs(new("f"), ControlPlane.Call());
        Assert.Equal(new[] { "$LATEST", "1", "live" }.Select(q => ControlPlane.Arn("f", q)), list.FunctionEventInvokeConfigs.Select(c => c.FunctionArn));
        var page = await _plane.Lambda.ListFunctionEventInvokeConfigs(new("f", MaxItems: 2), ControlPlane.Call());
        Assert.Single((await _plane.Lambda.ListFunctionEventInvokeConfigs(new("f", page.NextMarker, 2), ControlPlane.Call())).FunctionEventInvokeConfigs);

        await _plane.Lambda.DeleteFunctionEventInvokeConfig(new("f"), ControlPlane.Call());
        await NoConfigAsync(() => _plane.Lambda.GetFunctionEventInvokeConfig(new("f"), ControlPlane.Call()), "f", "$LATEST");
    }

    [Fact]
    public async Task EventInvokeConfig_OfWhatIsNotAllowed_IsRefused()
    {
        await _plane.CreateAsync("f");
        var lambda = _plane.Lambda;
        foreach (var call in new Func<Task>[]
        {
            () => lambda.PutFunctionEventInvokeConfig(new("doesnotexist", null, 1), ControlPlane.Call()),
            () => lambda.PutFunctionEventInvokeConfig(new("f", "noalias", 1), ControlPlane.Call()),
            () => lambda.UpdateFunctionEventInvokeConfig(new("doesnotexist", null, 1), ControlPlane.Call()),
            () => lambda.ListFunctionEventInvokeConfigs(new("doesnotexist"), ControlPlane.Call()),
        })
        {
            Assert.Equal("The function doesn't exist.", (await Assert.ThrowsAsync<ResourceNotFoundException>(call)).Message);
        }

        await NoConfigAsync(() => lambda.GetFunctionEventInvokeConfig(new("doesnotexist"), ControlPlane.Call()), "doesnotexist", "$LATEST");
        await NoConfigAsync(() => lambda.GetFunctionEventInvokeConfig(new("f", "doesnotexist"), ControlPlane.Call()), "f", "doesnotexist");
        await NoConfigAsync(() => lambda.DeleteFunctionEventInvokeConfig(new("f"), ControlPlane.Call()), "f", "$LATEST");
        await NoConfigAsync(() => lambda.UpdateFunctionEventInvokeConfig(new("f", null, 1), ControlPlane.Call()), "f", "$LATEST");
        await DestinationAsync(null, "You must specify at least one of error handling or destination setting.");
        await DestinationAsync(new(new(ControlPlane.Arn("f"))), "You can't specify the function as a destination for itself.");
        await DestinationAsync(new(new(ControlPlane.Arn("doesnotexist"))), $"The destination ARN {ControlPlane.Arn("doesnotexist")} is invalid.");
        var iam = "arn:aws:iam:eu-west-1:111111111111:function:f";
        await DestinationAsync(new(new(iam)), $"The provided destination config DestinationConfig(onSuccess=OnSuccess(destination={iam}), onFailure=null) is invalid.");
        await DestinationAsync(new(OnFailure: new("arn:aws:sqs:eu-west-1:111111111111:q")), "Petrel does not implement lambda:PutFunctionEventInvokeConfig with DestinationConfig.OnFailure of sqs.");
    }

    [Fact]
    public async Task AccountSettings_AfterChanges_CountCodeAndFunctions()
    {
        var zip = Packages.Code("x");
        await _plane.CreateAsync("f", r => r with { Code = new(zip), Publish = true });
        Assert.Equal(new AccountUsage(2 * zip.Length, 1), await UsageAsync());
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: "same code"), ControlPlane.Call());
        await _plane.SettledAsync("f");
        Assert.Equal(new AccountUsage(2 * zip.Length, 1), await UsageAsync());
        await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        Assert.Equal(new AccountUsage(3 * zip.Length, 1), await UsageAsync());
        await _plane.Lambda.PublishLayerVersion(new("l", new(zip)), ControlPlane.Call());
        Assert.Equal(new AccountUsage(4 * zip.Length, 1), await UsageAsync());
        await _plane.Lambda.DeleteFunction(new("f"), ControlPlane.Call());
        Assert.Equal(new AccountUsage(zip.Length, 0), await UsageAsync());
        var limit = (await _plane.Lambda.GetAccountSettings(new(), ControlPlane.Call())).AccountLimit;
        Assert.Equal(new AccountLimit(80_530_636_800, 262_144_000, 52_428_800, 1000, 1000), limit);
    }

    [Fact]
    public async Task RecursionConfig_UnlessAllowed_Terminates()
    {
        await _plane.CreateAsync("f");
        Assert.Equal("Terminate", (await _plane.Lambda.GetFunctionRecursionConfig(new("f"), ControlPlane.Call())).RecursiveLoop);
        await _plane.Lambda.PutFunctionRecursionConfig(new("f", "Allow"), ControlPlane.Call());
        Assert.Equal("Allow", (await _plane.Lambda.GetFunctionRecursionConfig(new("f"), ControlPlane.Call())).RecursiveLoop);
    }

    [Fact]
    public async Task RuntimeManagement_IsAutomaticAndNothingElse()
    {
        await _plane.CreateAsync("f");
        var config = await _plane.Lambda.GetRuntimeManagementConfig(new("f"), ControlPlane.Call());
        Assert.Equal(new RuntimeManagementConfig("Auto", ControlPlane.Arn("f", "$LATEST")), config);
        Assert.Equal(config, await _plane.Lambda.PutRuntimeManagementConfig(new("f", "Auto"), ControlPlane.Call()));
        var error = await Assert.ThrowsAsync<CommonException>(() => _plane.Lambda.PutRuntimeManagementConfig(new("f", "FunctionUpdate"), ControlPlane.Call()));
        Assert.Equal(501, error.Status);
    }

    [Fact]
    public async Task CodeSigning_OfAnyFunction_IsEmpty()
    {
        await _plane.CreateAsync("f");
        Assert.Equal(new GetFunctionCodeSigningConfigResult(), await _plane.Lambda.GetFunctionCodeSigningConfig(new("f"), ControlPlane.Call()));
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.GetFunctionCodeSigningConfig(new("none"), ControlPlane.Call()));
    }

    private async Task<Dictionary<string, string>> TagsAsync() => (await _plane.Lambda.ListTags(new(ControlPlane.Arn("f")), ControlPlane.Call())).Tags;

    private async Task<AccountUsage> UsageAsync() => (await _plane.Lambda.GetAccountSettings(new(), ControlPlane.Call())).AccountUsage;

    private async Task RefusedAsync<T>(string resource, string message)
        where T : Exception
    {
        foreach (var call in new Func<Task>[]
        {
            () => _plane.Lambda.TagResource(new(resource, new() { ["a"] = "b" }), ControlPlane.Call()),
            () => _plane.Lambda.UntagResource(new(resource, ["a"]), ControlPlane.Call()),
            () => _plane.Lambda.ListTags(new(resource), ControlPlane.Call()),
        })
        {
            Assert.Equal(message, (await Assert.ThrowsAsync<T>(call)).Message);
        }
    }

    private static async Task NoConfigAsync(Func<Task> call, string name, string qualifier) => Assert.Equal(
        $"The function {ControlPlane.Arn(name, qualifier)} doesn't have an EventInvokeConfig",
        (await Assert.ThrowsAsync<ResourceNotFoundException>(call)).Message);

    private async Task DestinationAsync(DestinationConfig? destinations, string message)
    {
        var error = await Assert.ThrowsAnyAsync<ServiceException>(() =>
            _plane.Lambda.PutFunctionEventInvokeConfig(new("f", DestinationConfig: destinations), ControlPlane.Call()));
        Assert.Equal(message, error.Message);
    }
}
