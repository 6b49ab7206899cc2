using System.Security.Cryptography;
using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.Images;

/// <summary>Functions that are container images, from a registry and from archives, by boto3.</summary>
public sealed class ImageTests(Daemon daemon, Registry registry)
{
    private readonly Client _lambda = daemon.NewBoto();

    private string Name { get; } = "team/" + Guid.CreateVersion7().ToString("n")[20..];

    [Fact]
    public async Task CreateFunction_OfAnImage_RunsItsEntryPoint()
    {
        var uri = await registry.PushAsync(Name, "v1", OciImage.Answering("1"));
        var created = await CreateAsync("f", uri);
        Assert.Equal("Image", created.Text("PackageType"));
        Assert.Equal(64, created.Text("CodeSha256")!.Length);
        Assert.False(created.TryGetProperty("Runtime", out _));
        var answer = await AnswerAsync("f");
        Assert.Equal("from-image", answer.Text("argument"));
        Assert.Equal("/app", answer.Text("folder"));
        Assert.Equal("hello", answer.Text("greeting"));
        Assert.Equal("1", answer.Text("version"));

        var code = (await _lambda.CallAsync("get_function", new { FunctionName = "f" })).GetProperty("Code");
        Assert.Equal("ECR", code.Text("RepositoryType"));
        Assert.Equal(uri, code.Text("ImageUri"));
        Assert.Equal($"{registry.Host}/{Name}@sha256:{created.Text("CodeSha256")}", code.Text("ResolvedImageUri"));
    }

    [Fact]
    public async Task Invoke_OfAnImage_SeesNothingOfTheHost()
    {
        await CreateAsync("f", await registry.PushAsync(Name, "v1", OciImage.Answering("1")));
        var answer = await AnswerAsync("f");
        Assert.False(answer.GetProperty("hostFiles").GetBoolean());
        Assert.False(answer.GetProperty("writesRoot").GetBoolean());
        Assert.True(answer.GetProperty("writesTmp").GetBoolean());
        Assert.NotEqual(0, answer.GetProperty("user").GetInt32());
    }

    [Fact]
    public async Task UpdateFunctionCode_AfterTheTagHasMoved_LeavesPublishedVersionsWithTheirImage()
    {
        var uri = await registry.PushAsync(Name, "latest", OciImage.Answering("1"));
        await CreateAsync("f", uri);
        await _lambda.CallAsync("publish_version", new { FunctionName = "f" });
        await registry.PushAsync(Name, "latest", OciImage.Answering("2"));
        Assert.Equal("1", (await AnswerAsync("f")).Text("version"));
        await _lambda.CallAsync("update_function_code", new { FunctionName = "f", ImageUri = uri });
        await _lambda.WaitAsync("function_updated_v2", "f");
        Assert.Equal("2", (await AnswerAsync("f")).Text("version"));
        Assert.Equal("1", (await AnswerAsync("f", "1")).Text("version"));
    }

    [Fact]
    public async Task ImageConfig_OverridesTheImage()
    {
        var uri = await registry.PushAsync(Name, "v1", OciImage.Answering("1"));
        var config = new { Command = new[] { "overridden" }, WorkingDirectory = "/tmp" };
        var created = await CreateAsync("f", uri, config);
        Assert.Equal("/tmp", created.GetProperty("ImageConfigResponse").GetProperty("ImageConfig").Text("WorkingDirectory"));
        var answer = await AnswerAsync("f");
        Assert.Equal("overridden", answer.Text("argument"));
        Assert.Equal("/tmp", answer.Text("folder"));

        var changed = await _lambda.CallAsync(
            "update_function_configuration",
            new { FunctionName = "f", ImageConfig = new { EntryPoint = new[] { "/app/main" } }, Environment = new { Variables = new { GREETING = "mine" } } });
        Assert.Equal("/app/main", changed.GetProperty("ImageConfigResponse").GetProperty("ImageConfig").GetProperty("EntryPoint")[0].GetString());
        await _lambda.WaitAsync("function_updated_v2", "f");
        answer = await AnswerAsync("f");
        Assert.Equal("", answer.Text("argument"));
        Assert.Equal("/app", answer.Text("folder"));
        Assert.Equal("mine", answer.Text("greeting"));
    }

    [Fact]
    public async Task CreateFunction_OfWhatIsNoImage_IsRefusedInLambdasWords()
    {
        await registry.PushAsync(Name, "v1", OciImage.Answering("1"));
        await RefusedAsync($"{registry.Host}/{Name}:none", $"Source image {registry.Host}/{Name}:none does not exist. Provide a valid source image.");
        await RefusedAsync($"{registry.Host}/{Name}", $"Source image {registry.Host}/{Name} is not valid. Provide a valid source image.");
        await RefusedAsync("oci-archive:../../etc/passwd", "Source image oci-archive:../../etc/passwd is not valid. Provide a valid source image.");
        await RefusedAsync("oci-archive:none.tar", "Source image oci-archive:none.tar does not exist. Provide a valid source image.");
        var mixed = await Assert.ThrowsAsync<ClientException>(() => _lambda.CallAsync(
            "create_function",
            new { FunctionName = "f", PackageType = "Image", Role = _lambda.Role(), Handler = "x.y", Code = new { ImageUri = $"{registry.Host}/{Name}:v1" } }));
        Assert.Equal("Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.", mixed.Text);
    }

    [Fact]
    public async Task CreateFunction_RegistryDoesNotAnswer_SaysSo()
    {
        var error = await Assert.ThrowsAsync<ClientException>(() => CreateAsync("f", "localhost:1/team/none:v1"));
        Assert.StartsWith("Source image localhost:1/team/none:v1 cannot be read: ", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateFunction_ImageOfAnotherProcessor_Fails()
    {
        var uri = await registry.PushAsync(Name, "v1", OciImage.Answering("1", architecture: "s390x"));
        Assert.Contains("s390x", await FailureAsync(uri), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateFunction_RegistryLiesAboutALayer_Fails()
    {
        var secret = RandomNumberGenerator.GetBytes(7_919);
        var image = OciImage.Answering("1").With(tar => OciImage.Add(tar, "app/secret", secret));
        var uri = await registry.PushAsync(Name, "v1", image);
        registry.Damage(image.LayerBytes);
        Assert.Contains("cannot be copied", await FailureAsync(uri), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateFunction_LayersThatLeadOutside_StayInside()
    {
        var outside = Path.Combine(Path.GetTempPath(), "petrel-escaped-" + Guid.CreateVersion7().ToString("n"));
        Directory.CreateDirectory(outside);
        var image = OciImage.Answering("1")
            .With(tar => OciImage.Link(tar, "way", outside))
            .With(tar => OciImage.Add(tar, "way/through-a-link", [1]))
            .With(tar => OciImage.Add(tar, "../../../../../../../.." + outside + "/through-dots", [1]))
            .With(tar => OciImage.Link(tar, "etc", outside));
        var uri = await registry.PushAsync(Name, "v1", image);
        await CreateAsync("f", uri);
        Assert.Equal("1", (await AnswerAsync("f")).Text("version"));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Directory.Delete(outside);
    }

    [Fact]
    public async Task CreateFunction_OfAnArchiveInTheDataFolder_Runs()
    {
        var archives = Path.Combine(daemon.Data, "images");
        Directory.CreateDirectory(archives);
        var file = $"{Name.Split('/')[1]}.tar";
        await Registry.CopyAsync(OciImage.Answering("7"), $"docker-archive:{archives}/{file}:mine:v");
        await CreateAsync("f", $"docker-archive:{file}");
        Assert.Equal("7", (await AnswerAsync("f")).Text("version"));
    }

    private async Task<JsonElement> CreateAsync(string name, string uri, object? config = null)
    {
        var parameters = new Dictionary<string, object>
        {
            ["FunctionName"] = name,
            ["PackageType"] = "Image",
            ["Role"] = _lambda.Role(),
            ["Timeout"] = 20,
            ["Code"] = new { ImageUri = uri },
        };
        if (config is not null)
        {
            parameters["ImageConfig"] = config;
        }

        var created = await _lambda.CallAsync("create_function", parameters);
        await _lambda.WaitAsync("function_active_v2", name);
        return created;
    }

    private async Task<JsonElement> AnswerAsync(string name, string? qualifier = null)
    {
        var answer = await _lambda.InvokeAsync(name, qualifier: qualifier);
        return JsonDocument.Parse(answer.Text("Payload")!).RootElement;
    }

    private async Task RefusedAsync(string uri, string message)
    {
        var error = await Assert.ThrowsAsync<ClientException>(() => CreateAsync("f", uri));
        Assert.Equal(("InvalidParameterValueException", message), (error.Code, error.Text));
    }

    /// <summary>Why the function could not be prepared.</summary>
    private async Task<string> FailureAsync(string uri)
    {
        await Assert.ThrowsAsync<ClientException>(() => CreateAsync("f", uri));
        var function = await _lambda.CallAsync("get_function_configuration", new { FunctionName = "f" });
        Assert.Equal(("Failed", "InvalidImage"), (function.Text("State"), function.Text("StateReasonCode")));
        return function.Text("StateReason")!;
    }
}
