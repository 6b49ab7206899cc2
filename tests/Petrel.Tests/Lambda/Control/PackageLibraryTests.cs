using Microsoft.AspNetCore.Http;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Resolution;

namespace Petrel.Tests.Lambda.Control;

public sealed class PackageLibraryTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Packages_WithTheSameContent_ShareOneFolder()
    {
        await _plane.CreateAsync("f", r => r with { Publish = true });
        await _plane.CreateAsync("g");
        await _plane.SettledAsync("f", "1");
        Assert.Single(new[] { await FolderAsync("f"), await FolderAsync("f:1"), await FolderAsync("g") }.Distinct());
    }

    [Fact]
    public async Task Collect_OfAReplacedPackage_WaitsForTheLongestInvocation()
    {
        await _plane.CreateAsync("f");
        var old = await FolderAsync("f");
        var compiled = Directory.CreateDirectory(CompiledCode.FolderOf(old)).FullName;
        await _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2")), ControlPlane.Call());
        await _plane.SettledAsync("f");

        _plane.Clock.Advance(TimeSpan.FromMinutes(19));
        await CollectAsync();
        Assert.True(Directory.Exists(old));
        Assert.True(Directory.Exists(compiled));
        _plane.Clock.Advance(TimeSpan.FromMinutes(1));
        await CollectAsync();
        Assert.False(Directory.Exists(old));
        Assert.False(Directory.Exists(compiled));
        Assert.True(Directory.Exists(await FolderAsync("f")));
    }

    [Fact]
    public async Task Collect_OfAPackageThatAVersionStillHas_LeavesIt()
    {
        await _plane.CreateAsync("f", r => r with { Publish = true });
        await _plane.SettledAsync("f", "1");
        await _plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2")), ControlPlane.Call());
        await _plane.SettledAsync("f");
        _plane.Clock.Advance(TimeSpan.FromHours(1));
        await CollectAsync();
        Assert.True(File.Exists(Path.Combine(await FolderAsync("f:1"), "handler.py")));
    }

    [Fact]
    public async Task Collect_OfAPackageThatNobodyEverOwned_RemovesIt()
    {
        var library = _plane.Get<PackageLibrary>();
        var code = await library.AddAsync(Packages.Code(), default);
        _plane.Clock.Advance(PackageCollector.Grace);
        await CollectAsync();
        Assert.Null(await library.OpenAsync(code.Sha256, default));
    }

    [Fact]
    public async Task Upload_OfAPackageInDoubt_StartsItsTimeAgain()
    {
        await _plane.CreateAsync("f");
        await _plane.Lambda.DeleteFunction(new("f"), ControlPlane.Call());
        _plane.Clock.Advance(PackageCollector.Grace - TimeSpan.FromSeconds(1));
        var code = await _plane.Get<PackageLibrary>().AddAsync(Packages.Code(), default);
        _plane.Clock.Advance(TimeSpan.FromMinutes(1));
        await CollectAsync();
        Assert.NotNull(await _plane.Get<PackageLibrary>().OpenAsync(code.Sha256, default));
    }

    [Fact]
    public async Task Folder_OfAnotherRunOfTheMachine_IsMadeAnew()
    {
        await _plane.CreateAsync("f");
        var folder = await FolderAsync("f");
        await File.WriteAllTextAsync(Path.Combine(folder, "handler.py"), "");
        await File.WriteAllTextAsync(folder + ".complete", "another boot");
        await using var next = new ControlPlane(store: _plane.Store, folder: _plane.Folder);
        await next.Get<FunctionResolver>().ResolveAsync("f", null, ControlPlane.Call());
        Assert.NotEmpty(await File.ReadAllTextAsync(Path.Combine(folder, "handler.py")));
    }

    [Fact]
    public async Task Folder_ThatSomebodyRemoved_IsMadeAgain()
    {
        await _plane.CreateAsync("f");
        var folder = await FolderAsync("f");
        Directory.Delete(folder, recursive: true);
        await _plane.Lambda.UpdateFunctionConfiguration(new("f", Description: "x"), ControlPlane.Call());
        await _plane.SettledAsync("f");
        Assert.Equal(folder, await FolderAsync("f"));
        Assert.True(File.Exists(Path.Combine(folder, "handler.py")));
    }

    [Fact]
    public async Task Link_OfGetFunction_AnswersThePackageForTenMinutes()
    {
        var zip = Packages.Code("download me");
        await _plane.CreateAsync("f", r => r with { Code = new(zip) });
        var location = new Uri((await _plane.Lambda.GetFunction(new("f"), ControlPlane.Call())).Code.Location!);
        var (status, package) = await DownloadAsync(location.AbsolutePath);
        Assert.Equal(200, status);
        Assert.Equal(zip, package);
        Assert.Equal(403, (await DownloadAsync(location.AbsolutePath[..^1] + (location.AbsolutePath[^1] == 'A' ? 'B' : 'A'))).Status);
        Assert.Equal(403, (await DownloadAsync(PackageLinks.Prefix + "nonsense")).Status);
        _plane.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(403, (await DownloadAsync(location.AbsolutePath)).Status);
    }

    private async Task<(int Status, byte[] Body)> DownloadAsync(string path)
    {
        var route = new PackageRoute(_plane.Get<PackageLinks>(), _plane.Get<PackageLibrary>());
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Request = { Method = "GET", Path = path }, Response = { Body = body } };
        Assert.True(route.Matches(http));
        await route.HandleAsync(http, ControlPlane.Call());
        return (http.Response.StatusCode, body.ToArray());
    }

    private async Task<string> FolderAsync(string name) =>
        (await _plane.Get<FunctionResolver>().ResolveAsync(name, null, ControlPlane.Call())).Target.Spec.CodeDirectory;

    private Task CollectAsync() => _plane.Get<PackageCollector>().CollectAsync(default);
}
