using Petrel.Aws.Lambda;

namespace Petrel.Tests.Lambda.Control;

public sealed class UrlConfigTests : IAsyncDisposable
{
    private const string NotThere = "The resource you requested does not exist.";

    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task UrlConfig_OverALifetime_KeepsItsUrl()
    {
        await _plane.CreateAsync("f");
        var cors = new Cors(true, ["x-a"], ["GET", "*"], ["https://a.example"], ["x-b"], 60);
        var created = await _plane.Lambda.CreateFunctionUrlConfig(new("f", "NONE", Cors: cors), ControlPlane.Call());
        Assert.Matches("^http://[a-z2-7]{32}\\.lambda-url\\.eu-west-1\\.localhost:4566/$", created.FunctionUrl);
        Assert.Equal((ControlPlane.Arn("f"), "NONE", null), (created.FunctionArn, created.AuthType, created.InvokeMode));
        Assert.Equal("2026-01-01T00:00:00.000000Z", created.CreationTime);

        var taken = await Assert.ThrowsAsync<ResourceConflictException>(() => _plane.Lambda.CreateFunctionUrlConfig(new("f", "NONE"), ControlPlane.Call()));
        Assert.Equal(
            $"Failed to create function url config for [functionArn = {ControlPlane.Arn("f")}]. Error message:  FunctionUrlConfig exists for this Lambda function",
            taken.Message);
        var got = await _plane.Lambda.GetFunctionUrlConfig(new("f"), ControlPlane.Call());
        Assert.Equal((created.FunctionUrl, "BUFFERED", created.CreationTime), (got.FunctionUrl, got.InvokeMode, got.LastModifiedTime));
        Assert.Equal(cors.AllowMethods!, got.Cors!.AllowMethods!);

        _plane.Clock.Advance(TimeSpan.FromSeconds(1));
        var updated = await _plane.Lambda.UpdateFunctionUrlConfig(new("f", AuthType: "AWS_IAM", Cors: new()), ControlPlane.Call());
        Assert.Equal(("AWS_IAM", created.FunctionUrl, "2026-01-01T00:00:01.000000Z"), (updated.AuthType, updated.FunctionUrl, updated.LastModifiedTime));
        Assert.Null(updated.Cors);
        await _plane.Lambda.UpdateFunctionUrlConfig(new("f", InvokeMode: "RESPONSE_STREAM"), ControlPlane.Call());
        got = await _plane.Lambda.GetFunctionUrlConfig(new("f"), ControlPlane.Call());
        Assert.Equal(("AWS_IAM", "RESPONSE_STREAM"), (got.AuthType, got.InvokeMode));

        await _plane.Lambda.DeleteFunctionUrlConfig(new("f"), ControlPlane.Call());
        Assert.Equal(NotThere, (await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.GetFunctionUrlConfig(new("f"), ControlPlane.Call()))).Message);
    }

    [Fact]
    public async Task UrlConfig_OfAnAlias_IsAnotherOne()
    {
        await _plane.CreateAsync("f", r => r with { Publish = true });
        await _plane.Lambda.CreateAlias(new("f", "urlalias", "1"), ControlPlane.Call());
        Assert.Empty((await _plane.Lambda.ListFunctionUrlConfigs(new("f"), ControlPlane.Call())).FunctionUrlConfigs);
        await _plane.Lambda.CreateFunctionUrlConfig(new("f", "NONE"), ControlPlane.Call());
        var alias = await _plane.Lambda.CreateFunctionUrlConfig(new("f", "NONE", "urlalias"), ControlPlane.Call());
        Assert.Equal(ControlPlane.Arn("f", "urlalias"), alias.FunctionArn);

        var first = await _plane.Lambda.ListFunctionUrlConfigs(new("f", MaxItems: 1), ControlPlane.Call());
        var second = await _plane.Lambda.ListFunctionUrlConfigs(new("f", first.NextMarker, 1), ControlPlane.Call());
        Assert.Equal([ControlPlane.Arn("f"), ControlPlane.Arn("f", "urlalias")], first.FunctionUrlConfigs.Concat(second.FunctionUrlConfigs).Select(u => u.FunctionArn));
        Assert.Null(second.NextMarker);

        await _plane.Lambda.DeleteFunctionUrlConfig(new("f"), ControlPlane.Call());
        Assert.Equal(alias.FunctionUrl, (await _plane.Lambda.GetFunctionUrlConfig(new("f", "urlalias"), ControlPlane.Call())).FunctionUrl);
        await _plane.Lambda.DeleteAlias(new("f", "urlalias"), ControlPlane.Call());
        Assert.Empty((await _plane.Lambda.ListFunctionUrlConfigs(new("f"), ControlPlane.Call())).FunctionUrlConfigs);
    }

    [Fact]
    public async Task UrlConfig_UnderAnAddress_HasItsIdInThePath()
    {
        await _plane.CreateAsync("f");
        var created = await _plane.Lambda.CreateFunctionUrlConfig(new("f", "NONE"), ControlPlane.Call() with { Endpoint = new Uri("http://127.0.0.1:4566") });
        Assert.Matches("^http://127\\.0\\.0\\.1:4566/_url/[a-z2-7]{32}/$", created.FunctionUrl);
    }

    [Fact]
    public async Task UrlConfig_OfWhatIsNotThere_IsNotFound()
    {
        await _plane.CreateAsync("f");
        foreach (var (name, qualifier) in new[] { ("doesnotexist", null), (ControlPlane.Arn("doesnotexist"), null), ("f", "noalias") })
        {
            await NotFoundAsync("Function does not exist", () => _plane.Lambda.CreateFunctionUrlConfig(new(name, "NONE", qualifier), ControlPlane.Call()));
            await NotFoundAsync("Function does not exist", () => _plane.Lambda.UpdateFunctionUrlConfig(new(name, qualifier, "NONE"), ControlPlane.Call()));
            await NotFoundAsync(NotThere, () => _plane.Lambda.GetFunctionUrlConfig(new(name, qualifier), ControlPlane.Call()));
            await NotFoundAsync(NotThere, () => _plane.Lambda.DeleteFunctionUrlConfig(new(name, qualifier), ControlPlane.Call()));
        }

        await NotFoundAsync("Function does not exist", () => _plane.Lambda.ListFunctionUrlConfigs(new("doesnotexist"), ControlPlane.Call()));
        await NotFoundAsync(NotThere, () => _plane.Lambda.UpdateFunctionUrlConfig(new("f", AuthType: "NONE"), ControlPlane.Call()));
        await NotFoundAsync(NotThere, () => _plane.Lambda.DeleteFunctionUrlConfig(new("f"), ControlPlane.Call()));
        await Assert.ThrowsAsync<InvalidParameterValueException>(() => _plane.Lambda.CreateFunctionUrlConfig(new("f:a", "NONE", "b"), ControlPlane.Call()));
        await Assert.ThrowsAsync<Petrel.Wire.CommonException>(() =>
            _plane.Lambda.CreateFunctionUrlConfig(new("f", "NONE", Cors: new(AllowMethods: ["SING"])), ControlPlane.Call()));
    }

    private static async Task NotFoundAsync(string message, Func<Task> call) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<ResourceNotFoundException>(call)).Message);
}
