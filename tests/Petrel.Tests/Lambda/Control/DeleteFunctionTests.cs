using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Storage;

namespace Petrel.Tests.Lambda.Control;

public sealed class DeleteFunctionTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task DeleteFunction_WithEverythingThatBelongsToIt_LeavesNothingBehind()
    {
        var lambda = _plane.Lambda;
        await CreateWithEverythingAsync("f", versions: 3);
        await lambda.DeleteFunction(new("f"), ControlPlane.Call());

        await Assert.ThrowsAsync<ResourceNotFoundException>(() => lambda.GetFunction(new("f"), ControlPlane.Call()));
        _plane.Clock.Advance(PackageCollector.Grace);
        await _plane.Get<PackageCollector>().CollectAsync(default);
        Assert.Empty(await KeysAsync());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_plane.Folder, "code"), "*", SearchOption.AllDirectories));
        var settings = await lambda.GetAccountSettings(new(), ControlPlane.Call());
        Assert.Equal((new AccountUsage(0, 0), 1000), (settings.AccountUsage, settings.AccountLimit.UnreservedConcurrentExecutions));
    }

    [Fact]
    public async Task DeleteFunction_OfManyVersions_RemovesThemInChunks()
    {
        await _plane.CreateAsync("f");
        for (var i = 0; i < 230; i++)
        {
            await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: $"{i}"), ControlPlane.Call());
            await _plane.SettledAsync("f");
            await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call());
        }

        await _plane.Lambda.DeleteFunction(new("f"), ControlPlane.Call());
        _plane.Clock.Advance(PackageCollector.Grace);
        await _plane.Get<PackageCollector>().CollectAsync(default);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task CreateFunction_AfterADeletion_SeesNothingOfTheOldOne()
    {
        await CreateWithEverythingAsync("f", versions: 2);
        await _plane.Lambda.DeleteFunction(new("f"), ControlPlane.Call());
        await _plane.CreateAsync("f");

        Assert.Single((await _plane.Lambda.ListVersionsByFunction(new("f"), ControlPlane.Call())).Versions);
        Assert.Empty((await _plane.Lambda.ListAliases(new("f"), ControlPlane.Call())).Aliases);
        Assert.Empty((await _plane.Lambda.ListFunctionUrlConfigs(new("f"), ControlPlane.Call())).FunctionUrlConfigs);
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.GetPolicy(new("f"), ControlPlane.Call()));
        Assert.Equal("1", (await _plane.Lambda.PublishVersion(new("f"), ControlPlane.Call())).Version);
    }

    [Fact]
    public async Task DeleteFunction_OfAVersion_LeavesTheFunction()
    {
        await CreateWithEverythingAsync("f", versions: 2);
        await _plane.Lambda.DeleteFunction(new("f", "2"), ControlPlane.Call());
        var versions = (await _plane.Lambda.ListVersionsByFunction(new("f"), ControlPlane.Call())).Versions;
        Assert.Equal(["$LATEST", "1"], versions.Select(v => v.Version));
        await _plane.Lambda.DeleteFunction(new("f:2"), ControlPlane.Call());
    }

    [Fact]
    public async Task DeleteFunction_OfAVersionThatAnAliasNames_Conflicts()
    {
        await CreateWithEverythingAsync("f", versions: 1);
        await Assert.ThrowsAsync<ResourceConflictException>(() => _plane.Lambda.DeleteFunction(new("f", "1"), ControlPlane.Call()));
    }

    [Theory]
    [InlineData("none", null, "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:none")]
    [InlineData("none", "1221", "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:none")]
    [InlineData("f", "$LATEST", "$LATEST version cannot be deleted without deleting the function.")]
    [InlineData("f:$LATEST", "1", "The derived qualifier from the function name does not match the specified qualifier.")]
    [InlineData("f", "alias", "Deletion of aliases is not currently supported.")]
    public async Task DeleteFunction_OfWhatCannotBeDeleted_SaysWhy(string name, string? qualifier, string message)
    {
        await _plane.CreateAsync("f");
        var error = await Assert.ThrowsAnyAsync<LambdaException>(() => _plane.Lambda.DeleteFunction(new(name, qualifier), ControlPlane.Call()));
        Assert.Equal(message, error.Message);
        await _plane.SettledAsync("f");
    }

    private async Task CreateWithEverythingAsync(string name, int versions)
    {
        var lambda = _plane.Lambda;
        await _plane.CreateAsync(name, r => r with { Tags = new() { ["a"] = "b" } });
        for (var i = 1; i <= versions; i++)
        {
            await lambda.UpdateFunctionCode(new(name, Packages.Code($"{i}"), Publish: true), ControlPlane.Call());
            await _plane.SettledAsync(name);
            await _plane.SettledAsync(name, $"{i}");
        }

        await lambda.CreateAlias(new(name, "live", "1"), ControlPlane.Call());
        await lambda.AddPermission(new(name, "s", "lambda:InvokeFunction", "*"), ControlPlane.Call());
        await lambda.AddPermission(new(name, "s", "lambda:InvokeFunction", "*", Qualifier: "live"), ControlPlane.Call());
        await lambda.CreateFunctionUrlConfig(new(name, "NONE"), ControlPlane.Call());
        await lambda.CreateFunctionUrlConfig(new(name, "NONE", "live"), ControlPlane.Call());
        await lambda.PutFunctionConcurrency(new(name, 5), ControlPlane.Call());
        await lambda.PutProvisionedConcurrencyConfig(new(name, "live", 1), ControlPlane.Call());
        await lambda.PutFunctionEventInvokeConfig(new(name, MaximumRetryAttempts: 0), ControlPlane.Call());
        await lambda.PutFunctionRecursionConfig(new(name, "Allow"), ControlPlane.Call());
    }

    private async Task<IReadOnlyList<string>> KeysAsync()
    {
        var all = new KeyRange(new Key(Array.Empty<byte>()), new Key(new byte[] { 0xFF }));
        var pairs = await _plane.Store.ReadAsync(tx => tx.ScanAsync(all, 10_000));
        return [.. pairs.Select(pair => System.Text.Encoding.UTF8.GetString(pair.Key.Span))];
    }
}
