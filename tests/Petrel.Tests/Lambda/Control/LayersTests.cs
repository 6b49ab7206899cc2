using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Control;

public sealed class LayersTests : IAsyncDisposable
{
    private const string NotThere = "The resource you requested does not exist.";

    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Layer_OverALifetime_CountsItsVersions()
    {
        var first = await PublishAsync("l", "1");
        var second = await PublishAsync("l", "2");
        Assert.Equal(($"arn:aws:lambda:eu-west-1:111111111111:layer:l:1", 1), (first.LayerVersionArn, first.Version));
        Assert.Equal(2, second.Version);
        Assert.Equal(["python3.12"], first.CompatibleRuntimes!);
        Assert.StartsWith("http://localhost:4566/_petrel/lambda/packages/", first.Content.Location, StringComparison.Ordinal);

        var got = await _plane.Lambda.GetLayerVersion(new("l", 1), ControlPlane.Call());
        var byArn = await _plane.Lambda.GetLayerVersionByArn(new(first.LayerVersionArn), ControlPlane.Call());
        var byLayerArn = await _plane.Lambda.GetLayerVersion(new(first.LayerArn, 1), ControlPlane.Call());
        Assert.All([got, byArn, byLayerArn], l => Assert.Equal(first.Content.CodeSha256, l.Content.CodeSha256));
        Assert.Equal([2L, 1L], (await _plane.Lambda.ListLayerVersions(new("l"), ControlPlane.Call())).LayerVersions.Select(v => v.Version));

        await _plane.Lambda.DeleteLayerVersion(new("l", 1), ControlPlane.Call());
        await _plane.Lambda.DeleteLayerVersion(new("l", 1), ControlPlane.Call());
        await _plane.Lambda.DeleteLayerVersion(new("l", 2), ControlPlane.Call());
        Assert.Empty((await _plane.Lambda.ListLayerVersions(new("l"), ControlPlane.Call())).LayerVersions);
        Assert.Empty((await _plane.Lambda.ListLayers(new(), ControlPlane.Call())).Layers);
        Assert.Equal(3, (await PublishAsync("l", "3")).Version);
    }

    [Fact]
    public async Task ListLayers_ByCompatibility_ShowsTheNewestThatFits()
    {
        await PublishAsync("a", "1", ["python3.12"]);
        await PublishAsync("a", "2", ["nodejs22.x"]);
        await PublishAsync("b", "3", ["nodejs22.x"]);
        Assert.Equal([("a", 2L), ("b", 3 - 2L)], await NewestAsync(null));
        Assert.Equal([("a", 1L)], await NewestAsync("python3.12"));
        Assert.Equal([("a", 2L), ("b", 1L)], await NewestAsync("nodejs22.x"));
        Assert.Empty(await NewestAsync("java21"));
    }

    [Fact]
    public async Task Function_WithLayers_HasTheirFoldersInOrder()
    {
        var one = await PublishAsync("one", "1");
        var two = await PublishAsync("two", "2");
        var created = await _plane.CreateAsync("f", r => r with { Layers = [two.LayerVersionArn, one.LayerVersionArn] });
        Assert.Equal([new(two.LayerVersionArn, two.Content.CodeSize), new(one.LayerVersionArn, one.Content.CodeSize)], created.Layers!);

        var spec = (await _plane.Get<FunctionResolver>().ResolveAsync("f", null, ControlPlane.Call())).Target.Spec;
        Assert.Equal(["2", "1"], spec.LayerDirectories.Select(folder => File.ReadAllText(Path.Combine(folder, "python/lib.py"))));

        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Layers: []), ControlPlane.Call());
        Assert.Null((await _plane.SettledAsync("f")).Layers);
    }

    [Fact]
    public async Task Function_WithADeletedLayer_KeepsUsingIt()
    {
        var layer = await PublishAsync("l", "1");
        await _plane.CreateAsync("f", r => r with { Layers = [layer.LayerVersionArn] });
        await _plane.Lambda.DeleteLayerVersion(new("l", 1), ControlPlane.Call());
        _plane.Clock.Advance(PackageCollector.Grace * 2);
        await _plane.Get<PackageCollector>().CollectAsync(default);

        var spec = (await _plane.Get<FunctionResolver>().ResolveAsync("f", null, ControlPlane.Call())).Target.Spec;
        Assert.True(File.Exists(Path.Combine(spec.LayerDirectories[0], "python/lib.py")));
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Layers: []), ControlPlane.Call());
        await _plane.SettledAsync("f");
        _plane.Clock.Advance(PackageCollector.Grace * 2);
        await _plane.Get<PackageCollector>().CollectAsync(default);
        Assert.False(Directory.Exists(spec.LayerDirectories[0]));
    }

    [Fact]
    public async Task CreateFunction_WithLayersThatAreNotAllowed_IsRefused()
    {
        var arns = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            arns.Add((await PublishAsync($"l{i}", $"{i}")).LayerVersionArn);
        }

        var next = (await PublishAsync("l0", "again")).LayerVersionArn;
        await RefusedAsync([.. arns], "Cannot reference more than 5 layers.");
        await RefusedAsync(
            [arns[0], next],
            "Two different versions of the same layer are not allowed to be referenced in the same function. "
            + $"{arns[0]} and {next} are versions of the same layer.");
        await RefusedAsync(
            [arns[0], arns[0]],
            "Two different versions of the same layer are not allowed to be referenced in the same function. "
            + $"{arns[0]} and {arns[0]} are versions of the same layer.");
        await RefusedAsync([$"{arns[0][..^2]}:9"], $"Layer version {arns[0][..^2]}:9 does not exist.");
        await RefusedAsync(
            [arns[0].Replace("eu-west-1", "us-east-1")],
            "Layers are not in the same region as the function. Layers are expected to be in region eu-west-1.");
        await RefusedAsync(
            [arns[0][..^2]],
            $"1 validation error detected: Value '[{arns[0][..^2]}]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: [Member must "
            + "have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression "
            + @"pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|"
            + "(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not be null]");
    }

    [Fact]
    public async Task LayerVersion_OfAnotherAccount_NeedsItsPermission()
    {
        var layer = await PublishAsync("l", "1");
        var other = ControlPlane.Call("222222222222");
        await Assert.ThrowsAsync<CommonException>(() => _plane.Lambda.GetLayerVersionByArn(new(layer.LayerVersionArn), other));
        await Assert.ThrowsAsync<CommonException>(() =>
            _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f") with { Layers = [layer.LayerVersionArn] }, other));

        await _plane.Lambda.AddLayerVersionPermission(new("l", 1, "s", "lambda:GetLayerVersion", "222222222222"), ControlPlane.Call());
        Assert.Equal(1, (await _plane.Lambda.GetLayerVersionByArn(new(layer.LayerVersionArn), other)).Version);
        await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f") with { Layers = [layer.LayerVersionArn] }, other);
        await Assert.ThrowsAsync<CommonException>(() =>
            _plane.Lambda.GetLayerVersionByArn(new(layer.LayerVersionArn), ControlPlane.Call("333333333333")));
    }

    [Fact]
    public async Task LayerPermissions_OverALifetime_KeepTheirRevision()
    {
        await PublishAsync("l", "1");
        var lambda = _plane.Lambda;
        var nothing = await Assert.ThrowsAsync<ResourceNotFoundException>(() => lambda.GetLayerVersionPolicy(new("l", 1), ControlPlane.Call()));
        Assert.Equal("No policy is associated with the given resource.", nothing.Message);

        var added = await lambda.AddLayerVersionPermission(new("l", 1, "s1", "lambda:GetLayerVersion", "*"), ControlPlane.Call());
        const string Statement = """{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"arn:aws:lambda:eu-west-1:111111111111:layer:l:1"}""";
        Assert.Equal(Statement, added.Statement);
        var policy = await lambda.GetLayerVersionPolicy(new("l", 1), ControlPlane.Call());
        Assert.Equal($$"""{"Version":"2012-10-17","Id":"default","Statement":[{{Statement}}]}""", policy.Policy);
        Assert.Equal(added.RevisionId, policy.RevisionId);

        var taken = await Assert.ThrowsAsync<ResourceConflictException>(() =>
            lambda.AddLayerVersionPermission(new("l", 1, "s1", "lambda:GetLayerVersion", "*"), ControlPlane.Call()));
        Assert.Equal("The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing statement.", taken.Message);
        var revision = await Assert.ThrowsAsync<PreconditionFailedException>(() =>
            lambda.AddLayerVersionPermission(new("l", 1, "s2", "lambda:GetLayerVersion", "*", RevisionId: "wrong"), ControlPlane.Call()));
        Assert.EndsWith("Call the GetLayerPolicy API to retrieve the latest Revision Id", revision.Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<ResourceNotFoundException>(() => lambda.RemoveLayerVersionPermission(new("l", 1, "doesnotexist"), ControlPlane.Call()));
        Assert.Equal("Statement doesnotexist is not found in resource policy.", missing.Message);
        foreach (var call in new Func<Task>[]
        {
            () => lambda.GetLayerVersionPolicy(new("l", 2), ControlPlane.Call()),
            () => lambda.AddLayerVersionPermission(new("l", 2, "s", "lambda:GetLayerVersion", "*"), ControlPlane.Call()),
            () => lambda.RemoveLayerVersionPermission(new("l", 2, "s"), ControlPlane.Call()),
        })
        {
            var error = await Assert.ThrowsAsync<ResourceNotFoundException>(call);
            Assert.Equal("Layer version arn:aws:lambda:eu-west-1:111111111111:layer:l:2 does not exist.", error.Message);
        }

        await lambda.RemoveLayerVersionPermission(new("l", 1, "s1", added.RevisionId), ControlPlane.Call());
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => lambda.GetLayerVersionPolicy(new("l", 1), ControlPlane.Call()));
    }

    [Fact]
    public async Task LayerVersion_ThatIsNotThere_IsNotFound()
    {
        await PublishAsync("l", "1");
        foreach (var call in new Func<Task>[]
        {
            () => _plane.Lambda.GetLayerVersion(new("none", 1), ControlPlane.Call()),
            () => _plane.Lambda.GetLayerVersion(new("l", 2), ControlPlane.Call()),
            () => _plane.Lambda.GetLayerVersionByArn(new("arn:aws:lambda:eu-west-1:111111111111:layer:l:7"), ControlPlane.Call()),
        })
        {
            Assert.Equal(NotThere, (await Assert.ThrowsAsync<ResourceNotFoundException>(call)).Message);
        }

        foreach (var call in new Func<Task>[]
        {
            () => _plane.Lambda.GetLayerVersion(new("l", 0), ControlPlane.Call()),
            () => _plane.Lambda.GetLayerVersion(new("l", -1), ControlPlane.Call()),
            () => _plane.Lambda.DeleteLayerVersion(new("l", 0), ControlPlane.Call()),
        })
        {
            Assert.Equal("Layer Version Cannot be less than 1", (await Assert.ThrowsAsync<InvalidParameterValueException>(call)).Message);
        }
    }

    [Fact]
    public async Task PublishLayerVersion_WithAnUnknownRuntime_IsRefused()
    {
        var error = await Assert.ThrowsAsync<CommonException>(() => PublishAsync("l", "1", ["invalidruntime", "nodejs20.x"]));
        Assert.StartsWith(
            "1 validation error detected: Value '[invalidruntime, nodejs20.x]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy enum value set: [",
            error.Message,
            StringComparison.Ordinal);
    }

    private Task<LayerVersion> PublishAsync(string name, string content, List<string>? runtimes = null) => _plane.Lambda.PublishLayerVersion(
        new(name, new(Packages.Zip(("python/lib.py", content))), CompatibleRuntimes: runtimes ?? ["python3.12"]),
        ControlPlane.Call());

    private async Task<IEnumerable<(string, long)>> NewestAsync(string? runtime) =>
        (await _plane.Lambda.ListLayers(new(runtime), ControlPlane.Call())).Layers.Select(l => (l.LayerName, l.LatestMatchingVersion.Version));

    private async Task RefusedAsync(List<string> layers, string message)
    {
        var error = await Assert.ThrowsAnyAsync<ServiceException>(() => _plane.CreateAsync("f", r => r with { Layers = layers }));
        Assert.Equal(message, error.Message);
    }
}
