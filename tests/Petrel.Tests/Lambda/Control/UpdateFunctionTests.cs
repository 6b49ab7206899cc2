using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Control;

public sealed class UpdateFunctionTests : IAsyncDisposable
{
    private const string WrongRevision =
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id";

    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task UpdateFunctionCode_WithOtherCode_ChangesHashSizeAndRevision()
    {
        var before = await _plane.CreateAsync("f");
        var answer = await _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("longer than the one before it, which it replaces")), ControlPlane.Call());
        var after = await _plane.SettledAsync("f");

        Assert.Equal("InProgress", answer.LastUpdateStatus);
        Assert.Equal(answer.CodeSha256, after.CodeSha256);
        Assert.NotEqual(before.CodeSha256, after.CodeSha256);
        Assert.NotEqual(before.CodeSize, after.CodeSize);
        Assert.Distinct([before.RevisionId, answer.RevisionId, after.RevisionId]);
    }

    [Fact]
    public async Task UpdateFunctionCode_AsADryRun_AnswersAndChangesNothing()
    {
        var before = await _plane.CreateAsync("f");
        var answer = await _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2"), DryRun: true), ControlPlane.Call());
        Assert.NotEqual(before.CodeSha256, answer.CodeSha256);
        Assert.Equal(before, await _plane.SettledAsync("f"), Same);
        await Assert.ThrowsAsync<PreconditionFailedException>(() =>
            _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2"), DryRun: true, RevisionId: "other"), ControlPlane.Call()));
    }

    [Fact]
    public async Task UpdateFunctionCode_WithPublish_AnswersTheNewVersion()
    {
        await _plane.CreateAsync("f");
        var answer = await _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2"), Publish: true), ControlPlane.Call());
        Assert.Equal(("1", ControlPlane.Arn("f", "1"), "Pending"), (answer.Version, answer.FunctionArn, answer.State));
        var version = await _plane.SettledAsync("f", "1");
        var latest = await _plane.SettledAsync("f");
        Assert.Equal(("Active", "Successful"), (version.State, version.LastUpdateStatus));
        Assert.Equal(version.CodeSha256, latest.CodeSha256);
    }

    [Fact]
    public async Task UpdateFunction_WithAnotherRevision_IsRefused()
    {
        var before = await _plane.CreateAsync("f");
        var code = await Assert.ThrowsAsync<PreconditionFailedException>(() =>
            _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code(), RevisionId: "wrong"), ControlPlane.Call()));
        var configuration = await Assert.ThrowsAsync<PreconditionFailedException>(() =>
            _plane.Lambda.UpdateFunctionConfiguration(new("f", RevisionId: "wrong"), ControlPlane.Call()));
        Assert.Equal((WrongRevision, WrongRevision), (code.Message, configuration.Message));

        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: "d", RevisionId: before.RevisionId), ControlPlane.Call());
    }

    [Fact]
    public async Task UpdateFunctionConfiguration_OfSomeMembers_LeavesTheOthers()
    {
        await _plane.CreateAsync("f", r => r with { Description = "old", Environment = new(new() { ["AA"] = "1" }) });
        await _plane.Lambda.UpdateFunctionConfiguration(
            new("f", Timeout: 10, MemorySize: 512, Runtime: "python3.13", EphemeralStorage: new(600), LoggingConfig: new(LogFormat: "JSON", ApplicationLogLevel: "DEBUG")),
            ControlPlane.Call());
        var after = await _plane.SettledAsync("f");
        Assert.Equal(("old", 10, 512, "python3.13", 600), (after.Description, after.Timeout, after.MemorySize, after.Runtime, after.EphemeralStorage.Size));
        Assert.Equal("1", after.Environment!.Variables!["AA"]);
        Assert.Equal(new LoggingConfig("JSON", "DEBUG", "INFO", "/aws/lambda/f"), after.LoggingConfig);

        await _plane.Lambda.UpdateFunctionConfiguration(
            new("f", Description: "new", Environment: new(new() { ["BB"] = "2" }), Handler: "a.b", LoggingConfig: new(LogFormat: "Text", LogGroup: "cool_lambda")),
            ControlPlane.Call());
        after = await _plane.SettledAsync("f");
        Assert.Equal(("new", 10, "a.b"), (after.Description, after.Timeout, after.Handler));
        Assert.Equal(["BB"], after.Environment!.Variables!.Keys);
        Assert.Equal(new LoggingConfig("Text", LogGroup: "cool_lambda"), after.LoggingConfig);
    }

    [Fact]
    public async Task UpdateFunctionConfiguration_WithNothingNew_IsAnUpdateNevertheless()
    {
        await _plane.CreateAsync("f", r => r with { Description = "d" });
        var before = await _plane.SettledAsync("f");
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: "d"), ControlPlane.Call());
        Assert.NotEqual(before.RevisionId, (await _plane.SettledAsync("f")).RevisionId);
    }

    [Fact]
    public async Task UpdateFunction_OfWhatIsNotThere_IsNotFound()
    {
        foreach (var update in new Func<Task>[]
        {
            () => _plane.Lambda.UpdateFunctionCode(new("none", Packages.Code()), ControlPlane.Call()),
            () => _plane.Lambda.UpdateFunctionConfiguration(new("none"), ControlPlane.Call()),
        })
        {
            var error = await Assert.ThrowsAsync<ResourceNotFoundException>(update);
            Assert.Equal($"Function not found: {ControlPlane.Arn("none")}", error.Message);
        }
    }

    [Fact]
    public async Task UpdateFunction_WithInvalidMembers_IsRefused()
    {
        await _plane.CreateAsync("f");
        Func<Task>[] updates =
        [
            () => _plane.Lambda.UpdateFunctionConfiguration(new("f", Runtime: "nodejs12.x"), ControlPlane.Call()),
            () => _plane.Lambda.UpdateFunctionConfiguration(new("f", Timeout: 901), ControlPlane.Call()),
            () => _plane.Lambda.UpdateFunctionConfiguration(new("f", Environment: new(new() { ["AWS_REGION"] = "x" })), ControlPlane.Call()),
            () => _plane.Lambda.UpdateFunctionCode(new("f"), ControlPlane.Call()),
            () => _plane.Lambda.UpdateFunctionCode(new("f", ImageUri: "x"), ControlPlane.Call()),
            () => _plane.Lambda.UpdateFunctionCode(new("f", "no zip"u8.ToArray()), ControlPlane.Call()),
        ];
        foreach (var update in updates)
        {
            Assert.Equal(400, (await Assert.ThrowsAnyAsync<ServiceException>(update)).Status);
        }

        Assert.Equal("Successful", (await _plane.SettledAsync("f")).LastUpdateStatus);
    }

    private static bool Same(FunctionConfiguration left, FunctionConfiguration right) =>
        (left.RevisionId, left.CodeSha256, left.LastModified) == (right.RevisionId, right.CodeSha256, right.LastModified);
}
