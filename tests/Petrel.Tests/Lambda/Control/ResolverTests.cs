using CsCheck;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;

namespace Petrel.Tests.Lambda.Control;

public sealed class ResolverTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();
    private readonly FunctionResolver _resolver;

    public ResolverTests() => _resolver = _plane.Get<FunctionResolver>();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Theory]
    [InlineData("f", null, "arn:aws:lambda:eu-west-1:111111111111:function:f", "$LATEST")]
    [InlineData("f", "$LATEST", "arn:aws:lambda:eu-west-1:111111111111:function:f:$LATEST", "$LATEST")]
    [InlineData("f:1", null, "arn:aws:lambda:eu-west-1:111111111111:function:f:1", "1")]
    [InlineData("f", "live", "arn:aws:lambda:eu-west-1:111111111111:function:f:live", "1")]
    [InlineData("111111111111:function:f:live", "live", "arn:aws:lambda:eu-west-1:111111111111:function:f:live", "1")]
    [InlineData("arn:aws:lambda:eu-west-1:111111111111:function:f", "1", "arn:aws:lambda:eu-west-1:111111111111:function:f:1", "1")]
    public async Task Resolve_OfAnyForm_FindsTheVersion(string name, string? qualifier, string invoked, string version)
    {
        await _plane.CreateAsync("f", r => r with { Publish = true, Environment = new(new() { ["AA"] = "b" }) });
        await _plane.SettledAsync("f", "1");
        await _plane.Lambda.CreateAlias(new("f", "live", "1"), ControlPlane.Call());
        var (target, limits) = await _resolver.ResolveAsync(name, qualifier, ControlPlane.Call());

        Assert.Equal((invoked, version), (target.InvokedArn, target.Version.Version));
        Assert.Equal((null, 1000), (limits.Reserved, limits.AccountUnreserved));
        var spec = target.Spec;
        Assert.Equal(("f", version, ControlPlane.Arn("f"), "python3.12", "handler.handler"), (spec.Name, spec.Version, spec.FunctionArn, spec.Runtime, spec.Handler));
        Assert.Equal("b", spec.Environment["AA"]);
        Assert.Equal("/aws/lambda/f", spec.LogGroup);
        Assert.Equal("def handler(event, context): return event", await File.ReadAllTextAsync(Path.Combine(spec.CodeDirectory, "handler.py")));
    }

    [Theory]
    [InlineData("none", null, "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:none:$LATEST")]
    [InlineData("f", "7", "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:7")]
    [InlineData("f", "$latest", "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:$latest")]
    [InlineData("arn:aws:lambda:us-east-1:111111111111:function:f", null, "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')")]
    public async Task Resolve_OfWhatIsNotThere_IsNotFound(string name, string? qualifier, string message)
    {
        await _plane.CreateAsync("f");
        var error = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _resolver.ResolveAsync(name, qualifier, ControlPlane.Call()).AsTask());
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task Resolve_AskedAgain_AnswersAtOnceWithTheSameInstance()
    {
        await _plane.CreateAsync("f");
        var first = await _resolver.ResolveAsync("f", null, ControlPlane.Call());
        var second = _resolver.ResolveAsync("f", null, ControlPlane.Call());
        Assert.True(second.IsCompletedSuccessfully);
        Assert.Same(first.Target, (await second).Target);
    }

    [Fact]
    public async Task Resolve_AfterAnyChange_SeesItAtOnce()
    {
        await _plane.CreateAsync("f", r => r with { Publish = true });
        await _plane.SettledAsync("f", "1");
        await _plane.Lambda.CreateAlias(new("f", "live", "1"), ControlPlane.Call());
        var pool = (await _resolver.ResolveAsync("f", null, ControlPlane.Call())).Target.Spec.PoolKey;

        await _plane.Lambda.UpdateFunctionConfiguration(new("f", MemorySize: 256), ControlPlane.Call());
        await _plane.SettledAsync("f");
        var updated = (await _resolver.ResolveAsync("f", null, ControlPlane.Call())).Target.Spec;
        Assert.Equal(256, updated.MemoryMb);
        Assert.NotEqual(pool, updated.PoolKey);

        await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        Assert.Equal("1", (await _resolver.ResolveAsync("f", "live", ControlPlane.Call())).Target.Version.Version);
        await _plane.Lambda.UpdateAlias(new("f", "live", "2"), ControlPlane.Call());
        Assert.Equal("2", (await _resolver.ResolveAsync("f", "live", ControlPlane.Call())).Target.Version.Version);

        await _plane.Lambda.PutFunctionConcurrency(new("f", 7), ControlPlane.Call());
        var limits = (await _resolver.ResolveAsync("f", null, ControlPlane.Call())).Limits;
        Assert.Equal((7, 993), (limits.Reserved, limits.AccountUnreserved));

        await _plane.Lambda.DeleteFunction(new("f"), ControlPlane.Call());
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _resolver.ResolveAsync("f", null, ControlPlane.Call()).AsTask());
    }

    [Fact]
    public async Task Resolve_OfAnotherAccountsArn_FindsThatOne()
    {
        await _plane.CreateAsync("f");
        await _plane.Lambda.PutFunctionConcurrency(new("f", 7), ControlPlane.Call());
        var other = ControlPlane.Call("222222222222");
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _resolver.ResolveAsync("f", null, other).AsTask());
        for (var i = 0; i < 2; i++)
        {
            var (target, limits) = await _resolver.ResolveAsync(ControlPlane.Arn("f"), null, other);
            Assert.Equal((ControlPlane.Account, 7, 993), (target.Spec.Account, limits.Reserved, limits.AccountUnreserved));
        }
    }

    [Fact]
    public async Task Resolve_OfAWeightedAlias_SharesByItsWeight()
    {
        await _plane.CreateAsync("f", r => r with { Publish = true });
        await _plane.SettledAsync("f", "1");
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: "2"), ControlPlane.Call());
        await _plane.SettledAsync("f");
        await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        await _plane.Lambda.CreateAlias(new("f", "live", "1", RoutingConfig: new(new() { ["2"] = 0.25 })), ControlPlane.Call());

        var second = 0;
        for (var i = 0; i < 4_000; i++)
        {
            second += (await _resolver.ResolveAsync("f", "live", ControlPlane.Call())).Target.Version.Version == "2" ? 1 : 0;
        }

        Assert.InRange(second, 800, 1_200);
    }

    [Fact]
    public void Choose_OfAnyRoll_TakesTheSecondBelowTheWeight() => Gen.Select(Gen.Double.Unit, Gen.Double.Unit).Sample((weight, roll) =>
    {
        var alias = new AliasRecord("a", "1", "", "", "2", weight);
        return alias.Choose(roll) == (roll < weight ? "2" : "1");
    });

    [Fact]
    public async Task Resolve_AfterARestart_UnpacksTheCodeThatIsMissing()
    {
        await _plane.CreateAsync("f");
        Directory.Delete(Path.Combine(_plane.Folder, "code"), recursive: true);
        await using var next = new ControlPlane(store: _plane.Store, folder: _plane.Folder);
        var spec = (await next.Get<FunctionResolver>().ResolveAsync("f", null, ControlPlane.Call())).Target.Spec;
        Assert.True(File.Exists(Path.Combine(spec.CodeDirectory, "handler.py")));
    }
}
