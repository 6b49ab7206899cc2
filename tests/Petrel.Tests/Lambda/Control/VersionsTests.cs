using Petrel.Aws.Lambda;

namespace Petrel.Tests.Lambda.Control;

public sealed class VersionsTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task CreateFunction_WithPublish_AnswersVersionOneWithoutQualifier()
    {
        var created = await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f") with { Publish = true }, ControlPlane.Call());
        Assert.Equal(("1", ControlPlane.Arn("f"), "Pending"), (created.Version, created.FunctionArn, created.State));

        var latest = await _plane.SettledAsync("f");
        var version = await _plane.SettledAsync("f", "1");
        var explicitly = await _plane.SettledAsync("f", "$LATEST");
        Assert.Equal(("$LATEST", ControlPlane.Arn("f")), (latest.Version, latest.FunctionArn));
        Assert.Equal(("1", ControlPlane.Arn("f", "1")), (version.Version, version.FunctionArn));
        Assert.Equal(("$LATEST", ControlPlane.Arn("f", "$LATEST")), (explicitly.Version, explicitly.FunctionArn));
        Assert.NotEqual(latest.RevisionId, version.RevisionId);

        var again = await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        Assert.Equal(("1", version.RevisionId), (again.Version, again.RevisionId));
        Assert.Equal(latest.RevisionId, (await _plane.SettledAsync("f")).RevisionId);
    }

    [Fact]
    public async Task PublishVersion_OverALifetime_NumbersAndFreezes()
    {
        await _plane.CreateAsync("f", r => r with { Description = "No version :(" });
        await UpdateAsync("First version :)");
        var first = await _plane.Lambda.PublishVersion(new("f", Description: "First version description :)"), ControlPlane.Call());
        Assert.Equal(("1", "First version description :)", "Active", "Successful"), (first.Version, first.Description, first.State, first.LastUpdateStatus));

        await UpdateAsync("Second version :))");
        Assert.Equal("First version description :)", (await _plane.SettledAsync("f", "1")).Description);
        var second = await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        var third = await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        Assert.Equal(("2", "2", second.RevisionId), (second.Version, third.Version, third.RevisionId));

        await _plane.Lambda.DeleteFunction(new("f", "1"), ControlPlane.Call());
        var list = (await _plane.Lambda.ListVersionsByFunction(new("f"), ControlPlane.Call())).Versions;
        Assert.Equal([("$LATEST", null), ("2", null)], list.Select(v => (v.Version, v.State)));

        await _plane.Lambda.DeleteFunction(new("f", "2"), ControlPlane.Call());
        Assert.Equal("3", (await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call())).Version);
    }

    [Fact]
    public async Task PublishVersion_AfterTheSameEnvironmentAgain_AnswersTheSameVersion()
    {
        await _plane.CreateAsync("f", r => r with { Environment = new(new() { ["AA"] = "1", ["BB"] = "2" }) });
        await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Environment: new(new() { ["BB"] = "2", ["AA"] = "1" })), ControlPlane.Call());
        await _plane.SettledAsync("f");
        Assert.Equal("1", (await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call())).Version);
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Environment: new(new() { ["BB"] = "3", ["AA"] = "1" })), ControlPlane.Call());
        await _plane.SettledAsync("f");
        Assert.Equal("2", (await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call())).Version);
    }

    [Fact]
    public async Task PublishVersion_ChangesTheRevisionOfLatest()
    {
        var before = await _plane.CreateAsync("f");
        await _plane.Lambda.PublishVersion(new("f", RevisionId: before.RevisionId), ControlPlane.Call());
        Assert.NotEqual(before.RevisionId, (await _plane.SettledAsync("f")).RevisionId);
    }

    [Fact]
    public async Task PublishVersion_OfOtherCodeOrRevision_IsRefused()
    {
        var latest = await _plane.CreateAsync("f");
        var code = await Assert.ThrowsAsync<InvalidParameterValueException>(() =>
            _plane.Lambda.PublishVersion(new("f", CodeSha256: "somenonexistentsha256"), ControlPlane.Call()));
        Assert.Equal(
            $"CodeSHA256 (somenonexistentsha256) is different from current CodeSHA256 in $LATEST ({latest.CodeSha256}). "
            + "Please try again with the CodeSHA256 in $LATEST.",
            code.Message);
        await Assert.ThrowsAsync<PreconditionFailedException>(() => _plane.Lambda.PublishVersion(new("f", RevisionId: "wrong"), ControlPlane.Call()));
        Assert.Equal("1", (await _plane.Lambda.PublishVersion(new("f", CodeSha256: latest.CodeSha256), ControlPlane.Call())).Version);
    }

    [Fact]
    public async Task ListVersionsByFunction_InPages_BeginsWithLatest()
    {
        await _plane.CreateAsync("f");
        for (var i = 1; i <= 12; i++)
        {
            await UpdateAsync($"{i}");
            await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        }

        var versions = new List<string>();
        string? marker = null;
        do
        {
            var page = await _plane.Lambda.ListVersionsByFunction(new("f", marker, 5), ControlPlane.Call());
            Assert.InRange(page.Versions.Count, 1, 5);
            versions.AddRange(page.Versions.Select(v => v.Version));
            marker = page.NextMarker;
        }
        while (marker is not null);
        Assert.Equal(["$LATEST", .. Enumerable.Range(1, 12).Select(i => $"{i}")], versions);
    }

    [Theory]
    [InlineData("f", "1221", "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:1221")]
    [InlineData("f:nope", null, "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:nope")]
    [InlineData("none", null, "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:none")]
    [InlineData("none:$LATEST", "$LATEST", "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:none:$LATEST")]
    [InlineData("arn:aws:lambda:ap-southeast-1:111111111111:function:f", null, "Functions from 'ap-southeast-1' are not reachable in this region ('eu-west-1')")]
    public async Task GetFunction_OfWhatIsNotThere_IsNotFound(string name, string? qualifier, string message)
    {
        await _plane.CreateAsync("f");
        var function = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.GetFunction(new(name, qualifier), ControlPlane.Call()));
        var configuration = await Assert.ThrowsAsync<ResourceNotFoundException>(() =>
            _plane.Lambda.GetFunctionConfiguration(new(name, qualifier), ControlPlane.Call()));
        Assert.Equal((message, message), (function.Message, configuration.Message));
    }

    [Fact]
    public async Task GetFunction_OfAnotherAccount_IsDenied()
    {
        var error = await Assert.ThrowsAsync<Petrel.Wire.CommonException>(() =>
            _plane.Lambda.GetFunction(new("arn:aws:lambda:eu-west-1:222222222222:function:f"), ControlPlane.Call()));
        Assert.Equal(("AccessDeniedException", 403), (error.Code, error.Status));
    }

    private async Task UpdateAsync(string description)
    {
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: description), ControlPlane.Call());
        await _plane.SettledAsync("f");
    }
}
