using System.Text.Json;

namespace Petrel.Conformance.Lambda;

/// <summary>The same with the AWS CLI, as people type it.</summary>
public sealed class CliTests(Daemon daemon) : IDisposable
{
    private readonly Cli _aws = daemon.NewCli();
    private readonly string _folder = Directory.CreateTempSubdirectory("petrel-cli-").FullName;

    [Fact]
    public async Task Function_TypedByHand_IsCreatedInvokedAndRemoved()
    {
        var zip = Path.Combine(_folder, "f.zip");
        var output = Path.Combine(_folder, "out.json");
        await File.WriteAllBytesAsync(zip, Package.Python("def handler(event, context):\n    return {'hello': event.get('name')}\n"));
        var created = await _aws.CallAsync(
            "lambda", "create-function", "--function-name", "f", "--runtime", "python3.12", "--handler", "app.handler",
            "--role", $"arn:aws:iam::{_aws.Account}:role/any", "--zip-file", "fileb://" + zip);
        Assert.Equal("f", created.Text("FunctionName"));
        await _aws.CallAsync("lambda", "wait", "function-active-v2", "--function-name", "f");

        var invoked = await _aws.CallAsync(
            "lambda", "invoke", "--function-name", "f", "--payload", """{"name":"x"}""", "--log-type", "Tail", output);
        Assert.Equal((200, "$LATEST"), (invoked.GetProperty("StatusCode").GetInt32(), invoked.Text("ExecutedVersion")));
        Assert.Equal("""{"hello": "x"}""", await File.ReadAllTextAsync(output));

        var listed = await _aws.CallAsync("lambda", "list-functions");
        Assert.Equal("f", listed.GetProperty("Functions").EnumerateArray().Single().Text("FunctionName"));
        await _aws.CallAsync("lambda", "delete-function", "--function-name", "f");
        var (code, _, error) = await _aws.RunAsync("lambda", "get-function", "--function-name", "f");
        Assert.NotEqual(0, code);
        Assert.Contains("(ResourceNotFoundException) when calling the GetFunction operation", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_OfTheCaller_IsTheAccountOfItsKey()
    {
        var identity = await _aws.CallAsync("sts", "get-caller-identity");
        Assert.Equal(_aws.Account, identity.Text("Account"));
        Assert.Equal($"arn:aws:iam::{_aws.Account}:root", identity.Text("Arn"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
