using System.Text.Json;

namespace Petrel.Conformance.Lambda;

/// <summary>What boto3 gets for valid and invalid calls of the control plane: shapes, paging, waiters, and errors with their members.</summary>
public sealed class ControlPlaneTests(Daemon daemon)
{
    private const string Code = "def handler(event, context):\n    return event\n";

    private readonly Client _lambda = daemon.NewBoto();

    private string Arn(string name) => $"arn:aws:lambda:us-east-1:{_lambda.Account}:function:{name}";

    [Fact]
    public async Task GetFunction_OfWhatIsThere_HasALinkThatDownloadsThePackage()
    {
        var zip = Package.Python(Code);
        await _lambda.CreateAsync("f", BotoFunctions.PythonRuntime, "app.handler", zip);
        var function = await _lambda.CallAsync("get_function", new { FunctionName = "f" });
        var location = function.GetProperty("Code").Text("Location")!;
        Assert.Equal(zip, await daemon.Http.GetByteArrayAsync(new Uri(location)));
        Assert.Equal("Active", function.GetProperty("Configuration").Text("State"));
        var broken = await daemon.Http.GetAsync(new Uri(location + "x"));
        Assert.Equal(403, (int)broken.StatusCode);
    }

    [Fact]
    public async Task Paginators_OfEveryList_CollectAll()
    {
        for (var i = 0; i < 3; i++)
        {
            await _lambda.CallAsync("create_function", NewFunction($"f{i}", publish: true));
            await _lambda.WaitAsync("function_active_v2", $"f{i}");
            await _lambda.CallAsync("create_alias", new { FunctionName = "f0", Name = $"a{i}", FunctionVersion = "1" });
            await _lambda.CallAsync("publish_layer_version", new { LayerName = $"l{i}", Content = new { ZipFile = Package.Python($"{i}") } });
            await _lambda.CallAsync("publish_layer_version", new { LayerName = "l0", Content = new { ZipFile = Package.Python($"{i}") } });
        }

        Assert.Equal(3, await CountAsync("list_functions", "Functions", new()));
        Assert.Equal(6, await CountAsync("list_functions", "Functions", new() { ["FunctionVersion"] = "ALL" }));
        Assert.Equal(2, await CountAsync("list_versions_by_function", "Versions", new() { ["FunctionName"] = "f1" }));
        Assert.Equal(3, await CountAsync("list_aliases", "Aliases", new() { ["FunctionName"] = "f0" }));
        Assert.Equal(3, await CountAsync("list_layers", "Layers", new()));
        Assert.Equal(4, await CountAsync("list_layer_versions", "LayerVersions", new() { ["LayerName"] = "l0" }));
    }

    [Fact]
    public async Task Layers_OfAFunction_AreMountedInOrder()
    {
        var arns = new List<string>();
        foreach (var content in new[] { "first", "second" })
        {
            var zip = Package.Zip(("python/shared.py", $"NAME = '{content}'"), ($"{content}.txt", content));
            arns.Add((await _lambda.CallAsync("publish_layer_version", new { LayerName = content, Content = new { ZipFile = zip } })).Text("LayerVersionArn")!);
        }

        await _lambda.CallAsync(
            "create_function",
            new
            {
                FunctionName = "f",
                Runtime = BotoFunctions.PythonRuntime,
                Handler = "app.handler",
                Role = _lambda.Role(),
                Layers = arns,
                Code = new { ZipFile = Package.Python("import os, shared\ndef handler(event, context):\n    return [shared.NAME] + sorted(os.listdir('/opt'))\n") },
            });
        await _lambda.WaitAsync("function_active_v2", "f");
        Assert.Equal("""["second", "first.txt", "python", "second.txt"]""", (await _lambda.InvokeAsync("f")).Text("Payload"));
    }

    [Fact]
    public async Task Errors_OfTheService_CarryTheirMembers()
    {
        var missing = await FailAsync("get_function", new { FunctionName = "none" });
        Assert.Equal(("ResourceNotFoundException", 404, $"Function not found: {Arn("none")}"), (missing.Code, missing.Status, missing.Text));
        Assert.Equal(("User", missing.Text), (missing.Response.Text("Type"), missing.Response.Text("Message")));

        await _lambda.CallAsync("create_function", NewFunction("f"));
        var taken = await FailAsync("create_function", NewFunction("f"));
        Assert.Equal(("ResourceConflictException", 409, "Function already exist: f"), (taken.Code, taken.Status, taken.Text));
        Assert.Equal(("User", taken.Text), (taken.Response.Text("Type"), taken.Response.Text("message")));
    }

    public static TheoryData<string, Dictionary<string, object>, string> Invalid => new()
    {
        { "get_function", new() { ["FunctionName"] = "my-function!" }, @"Value 'my-function!' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?" },
        { "get_function", new() { ["FunctionName"] = "f", ["Qualifier"] = "invalid!" }, @"Value 'invalid!' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+" },
        { "list_functions", new() { ["FunctionVersion"] = "invalid" }, "Value 'invalid' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]" },
        { "put_function_recursion_config", new() { ["FunctionName"] = "f", ["RecursiveLoop"] = "InvalidValue" }, "Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy enum value set: [Terminate, Allow]" },
        { "add_permission", new() { ["FunctionName"] = "f", ["StatementId"] = "example.com", ["Action"] = "lambda:InvokeFunction", ["Principal"] = "*" }, "Value 'example.com' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)" },
        { "create_function_url_config", new() { ["FunctionName"] = "f", ["AuthType"] = "NONE", ["Qualifier"] = "$LATEST" }, @"Value '$LATEST' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)" },
        { "put_function_event_invoke_config", new() { ["FunctionName"] = "f", ["MaximumRetryAttempts"] = 2, ["DestinationConfig"] = new { OnFailure = new { Destination = "arn:_-/!x" } } }, @"Value 'arn:_-/!x' at 'destinationConfig.onFailure.destination' failed to satisfy constraint: Member must satisfy regular expression pattern: $|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task Calls_WithInvalidMembers_AreRefusedInTheServicesWords(string operation, Dictionary<string, object> parameters, string problem)
    {
        var error = await FailAsync(operation, parameters);
        Assert.Equal(("ValidationException", 400, $"1 validation error detected: {problem}"), (error.Code, error.Status, error.Text));
    }

    [Fact]
    public async Task Operations_ThatAreNotBuilt_Answer501ByName()
    {
        var signing = await FailAsync("list_code_signing_configs", new { });
        Assert.Equal((501, "Petrel does not implement lambda:ListCodeSigningConfigs."), (signing.Status, signing.Text));
    }

    [Fact]
    public async Task CreateFunction_CodeInABucketThatIsNotThere_SaysSo()
    {
        var bucket = await FailAsync(
            "create_function",
            new { FunctionName = "f", Runtime = "nodejs22.x", Handler = "a.b", Role = _lambda.Role(), Code = new { S3Bucket = "bucket", S3Key = "key" } });
        Assert.Equal(
            ("InvalidParameterValueException", "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist"),
            (bucket.Code, bucket.Text));
    }

    [Fact]
    public async Task ProvisionedConcurrency_OfAVersion_BecomesReady()
    {
        await _lambda.CallAsync("create_function", NewFunction("f", publish: true));
        await _lambda.WaitAsync("function_active_v2", "f");
        await _lambda.CallAsync("put_provisioned_concurrency_config", new { FunctionName = "f", Qualifier = "1", ProvisionedConcurrentExecutions = 1 });
        var status = "";
        for (var attempt = 0; attempt < 100 && status != "READY"; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            status = (await _lambda.CallAsync("get_provisioned_concurrency_config", new { FunctionName = "f", Qualifier = "1" })).Text("Status");
        }

        Assert.Equal("READY", status);
        await _lambda.CallAsync("delete_function", new { FunctionName = "f" });
    }

    [Fact]
    public async Task Invoke_OfAnotherAccountsFunction_NeedsItsPermission()
    {
        await _lambda.CallAsync("create_function", NewFunction("f"));
        await _lambda.WaitAsync("function_active_v2", "f");
        var other = daemon.NewBoto();
        var denied = await Assert.ThrowsAsync<ClientException>(() => other.InvokeAsync(Arn("f")));
        Assert.Equal(("AccessDeniedException", 403), (denied.Code, denied.Status));

        await _lambda.CallAsync(
            "add_permission",
            new { FunctionName = "f", StatementId = "neighbour", Action = "lambda:InvokeFunction", Principal = other.Account });
        Assert.Equal("7", (await other.InvokeAsync(Arn("f"), "7")).Text("Payload"));
        var reading = await Assert.ThrowsAsync<ClientException>(() => other.CallAsync("get_function", new { FunctionName = Arn("f") }));
        Assert.Equal(("AccessDeniedException", 403), (reading.Code, reading.Status));
    }

    [Fact]
    public async Task LayerVersion_OfAnotherAccount_NeedsItsPermission()
    {
        var layer = await _lambda.CallAsync("publish_layer_version", new { LayerName = "l", Content = new { ZipFile = Package.Python("x") } });
        var arn = layer.Text("LayerVersionArn")!;
        var other = daemon.NewBoto();
        var denied = await Assert.ThrowsAsync<ClientException>(() => other.CallAsync("get_layer_version_by_arn", new { Arn = arn }));
        Assert.Equal(("AccessDeniedException", 403), (denied.Code, denied.Status));
        await _lambda.CallAsync(
            "add_layer_version_permission",
            new { LayerName = "l", VersionNumber = 1, StatementId = "s", Action = "lambda:GetLayerVersion", Principal = other.Account });
        Assert.Equal(arn, (await other.CallAsync("get_layer_version_by_arn", new { Arn = arn })).Text("LayerVersionArn"));
        Assert.Equal(arn, (await other.CallAsync("get_layer_version", new { LayerName = layer.Text("LayerArn"), VersionNumber = 1 })).Text("LayerVersionArn"));
    }

    private object NewFunction(string name, bool publish = false) => new
    {
        FunctionName = name,
        Runtime = BotoFunctions.PythonRuntime,
        Handler = "app.handler",
        Role = _lambda.Role(),
        Publish = publish,
        Code = new { ZipFile = Package.Python(Code) },
    };

    private Task<ClientException> FailAsync(string operation, object parameters) =>
        Assert.ThrowsAsync<ClientException>(() => _lambda.CallAsync(operation, parameters));

    private async Task<int> CountAsync(string operation, string member, Dictionary<string, object> parameters)
    {
        parameters["$operation"] = operation;
        parameters["PaginationConfig"] = new { PageSize = 2 };
        var pages = await _lambda.CallAsync("$pages", parameters);
        Assert.True(pages.GetArrayLength() > 0);
        return pages.EnumerateArray().Sum(page => page.GetProperty(member).GetArrayLength());
    }
}
