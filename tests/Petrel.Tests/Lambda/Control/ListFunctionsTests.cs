using Petrel.Aws.Lambda;

namespace Petrel.Tests.Lambda.Control;

public sealed class ListFunctionsTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task ListFunctions_InPages_ShowsEachOnceAndWithoutState()
    {
        for (var i = 0; i < 7; i++)
        {
            await _plane.CreateAsync($"f{i}");
        }

        await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("elsewhere"), ControlPlane.Call(region: "us-east-1"));
        var names = new List<string>();
        string? marker = null;
        do
        {
            var page = await _plane.Lambda.ListFunctions(new(Marker: marker, MaxItems: 3), ControlPlane.Call());
            Assert.InRange(page.Functions.Count, 1, 3);
            Assert.All(page.Functions, f => Assert.Equal((null, null, null, ControlPlane.Arn(f.FunctionName)), (f.State, f.LastUpdateStatus, f.RuntimeVersionConfig, f.FunctionArn)));
            names.AddRange(page.Functions.Select(f => f.FunctionName));
            marker = page.NextMarker;
        }
        while (marker is not null);
        Assert.Equal(["f0", "f1", "f2", "f3", "f4", "f5", "f6"], names);
    }

    [Fact]
    public async Task ListFunctions_OfAllVersions_ShowsLatestAndPublishedOnes()
    {
        await _plane.CreateAsync("a", r => r with { Publish = true });
        await _plane.CreateAsync("b");
        await _plane.CreateAsync("c", r => r with { Publish = true });
        foreach (var size in new[] { 1, 2, 3, 50 })
        {
            var arns = new List<string>();
            string? marker = null;
            do
            {
                var page = await _plane.Lambda.ListFunctions(new(FunctionVersion: "ALL", Marker: marker, MaxItems: size), ControlPlane.Call());
                arns.AddRange(page.Functions.Select(f => f.FunctionArn));
                marker = page.NextMarker;
            }
            while (marker is not null);
            Assert.Equal(
                new[] { ("a", "$LATEST"), ("a", "1"), ("b", "$LATEST"), ("c", "$LATEST"), ("c", "1") }.Select(p => ControlPlane.Arn(p.Item1, p.Item2)),
                arns);
        }
    }

    [Fact]
    public async Task ListFunctions_WithAnInvalidMarker_IsRefused() => await Assert.ThrowsAsync<InvalidParameterValueException>(() =>
        _plane.Lambda.ListFunctions(new(Marker: "?"), ControlPlane.Call()));
}
