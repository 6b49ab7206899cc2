using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Control;

public sealed class CreateFunctionTests : IAsyncDisposable
{
    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task CreateFunction_OfAZip_AnswersPendingWithTheDefaults()
    {
        var zip = Packages.Code();
        var created = await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f", zip), ControlPlane.Call());

        Assert.Equal("f", created.FunctionName);
        Assert.Equal(ControlPlane.Arn("f"), created.FunctionArn);
        Assert.Equal(("Pending", "The function is being created.", "Creating"), (created.State, created.StateReason, created.StateReasonCode));
        Assert.Null(created.LastUpdateStatus);
        Assert.Equal((3, 128, 512), (created.Timeout, created.MemorySize, created.EphemeralStorage.Size));
        Assert.Equal(("$LATEST", "Zip", "PassThrough"), (created.Version, created.PackageType, created.TracingConfig.Mode));
        Assert.Equal(new SnapStartDetail("None", "Off"), created.SnapStart);
        Assert.Equal(new LoggingConfig("Text", LogGroup: "/aws/lambda/f"), created.LoggingConfig);
        Assert.Equal(["x86_64"], created.Architectures);
        Assert.Equal("", created.Description);
        Assert.Null(created.Environment);
        Assert.Null(created.Layers);
        Assert.Equal(zip.Length, created.CodeSize);
        Assert.Equal(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(zip)), created.CodeSha256);
    }

    [Fact]
    public async Task GetFunction_AfterThePreparation_IsActiveWithANewRevision()
    {
        var created = await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f"), ControlPlane.Call());
        var active = await _plane.SettledAsync("f");

        Assert.Equal(("Active", "Successful", null), (active.State, active.LastUpdateStatus, active.StateReason));
        Assert.Null(active.StateReason);
        Assert.NotEqual(created.RevisionId, active.RevisionId);
        var function = await _plane.Lambda.GetFunction(new GetFunctionRequest("f"), ControlPlane.Call());
        Assert.Equal("S3", function.Code.RepositoryType);
        Assert.StartsWith("http://localhost:4566/_petrel/lambda/packages/", function.Code.Location, StringComparison.Ordinal);
        Assert.Null(function.Tags);
        Assert.Null(function.Concurrency);
    }

    [Fact]
    public async Task CreateFunction_WithEveryMember_KeepsThem()
    {
        var created = await _plane.CreateAsync("f", request => request with
        {
            Description = "does",
            Timeout = 900,
            MemorySize = 10_240,
            Environment = new FunctionEnvironment(new() { ["KEY"] = "value" }),
            TracingConfig = new TracingConfig("Active"),
            EphemeralStorage = new EphemeralStorage(1024),
            LoggingConfig = new LoggingConfig("JSON", LogGroup: "mine"),
            Architectures = ["arm64"],
            Tags = new() { ["team"] = "a" },
        });

        Assert.Equal(("does", 900, 10_240), (created.Description, created.Timeout, created.MemorySize));
        Assert.Equal("value", created.Environment!.Variables!["KEY"]);
        Assert.Equal("Active", created.TracingConfig.Mode);
        Assert.Equal(1024, created.EphemeralStorage.Size);
        Assert.Equal(new LoggingConfig("JSON", "INFO", "INFO", "mine"), created.LoggingConfig);
        Assert.Equal(["arm64"], created.Architectures);
        var function = await _plane.Lambda.GetFunction(new GetFunctionRequest("f"), ControlPlane.Call());
        Assert.Equal("a", function.Tags!["team"]);
    }

    [Fact]
    public async Task CreateFunction_OfATakenName_Conflicts()
    {
        await _plane.CreateAsync("f");
        var error = await Assert.ThrowsAsync<ResourceConflictException>(() => _plane.CreateAsync("f"));
        Assert.Equal("Function already exist: f", error.Message);
    }

    [Fact]
    public async Task CreateFunction_InAnotherRegionOrAccount_IsAnotherFunction()
    {
        await _plane.CreateAsync("f");
        await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f"), ControlPlane.Call(region: "us-east-1"));
        await _plane.Lambda.CreateFunction(ControlPlane.NewFunction("f"), ControlPlane.Call(account: "222222222222"));
        await Assert.ThrowsAsync<ResourceNotFoundException>(() =>
            _plane.Lambda.GetFunction(new GetFunctionRequest("f"), ControlPlane.Call(region: "eu-west-2")));
    }

    [Theory]
    [InlineData("f")]
    [InlineData("function:f")]
    [InlineData("111111111111:function:f")]
    [InlineData("111111111111:f")]
    [InlineData("arn:aws:lambda:eu-west-1:111111111111:function:f")]
    public async Task CreateFunction_ByAnyFormOfItsName_IsTheSame(string name)
    {
        var created = await _plane.Lambda.CreateFunction(ControlPlane.NewFunction(name), ControlPlane.Call());
        Assert.Equal(ControlPlane.Arn("f"), created.FunctionArn);
        Assert.Equal(ControlPlane.Arn("f"), (await _plane.Lambda.GetFunctionConfiguration(new(name), ControlPlane.Call())).FunctionArn);
    }

    public static TheoryData<string, Func<CreateFunctionRequest, CreateFunctionRequest>, string> Refusals => new()
    {
        { "no runtime", r => r with { Runtime = null }, "Runtime and Handler are mandatory parameters for functions created with deployment packages." },
        { "no handler", r => r with { Handler = null }, "Runtime and Handler are mandatory parameters for functions created with deployment packages." },
        { "no code", r => r with { Code = new FunctionCode() }, "Please provide a source for function code." },
        { "retired runtime", r => r with { Runtime = "python3.7" }, "The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions." },
        { "unknown runtime", r => r with { Runtime = "PYTHON3.9" }, "Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [dotnet10, dotnet8, nodejs20.x, nodejs22.x, provided.al2023, python3.12, python3.13] or be a valid ARN" },
        { "long name", r => r with { FunctionName = new string('a', 65) }, $"1 validation error detected: Value '{new string('a', 65)}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64" },
        { "too much memory", r => r with { MemorySize = 10_241 }, "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240" },
        { "too long", r => r with { Timeout = 901 }, "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900" },
        { "other machine's binary", r => r with { Runtime = "provided.al2023", Architectures = ["arm64"] }, "The architecture arm64 does not run on this machine, which is x86_64, with the runtime provided.al2023." },
        { "no zip", r => r with { Code = new FunctionCode("not a zip"u8.ToArray()) }, "Could not unzip uploaded file. Please check your file, then try to upload again." },
        { "empty zip", r => r with { Code = new FunctionCode([]) }, "Uploaded file must be a non-empty zip" },
        { "zip without entries", r => r with { Code = new FunctionCode(Packages.Zip()) }, "Uploaded file must be a non-empty zip" },
        { "reserved variable", r => r with { Environment = new(new() { ["AWS_REGION"] = "x" }) }, "Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION" },
        { "concurrency that is none", r => r with { Runtime = "nodejs22.x", Environment = new(new() { ["AWS_LAMBDA_MAX_CONCURRENCY"] = "65" }) }, "The variable AWS_LAMBDA_MAX_CONCURRENCY says how many invocations an instance runs at a time: 1 to 64; not '65'." },
        { "concurrency of a runtime without it", r => r with { Runtime = "python3.12", Environment = new(new() { ["AWS_LAMBDA_MAX_CONCURRENCY"] = "2" }) }, $"python3.12 runs one invocation at a time: AWS_LAMBDA_MAX_CONCURRENCY above 1 is for {InstanceConcurrency.Supported}." },
        { "egress that is none", r => r with { Environment = new(new() { ["PETREL_EGRESS"] = "everywhere" }) }, "The variable PETREL_EGRESS says where a function may connect to: none, outside, all-but-private; not 'everywhere'." },
        { "odd variable", r => r with { Environment = new(new() { ["1x"] = "y" }) }, "1 validation error detected: Value '{1x=y}' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]" },
        { "too many tags", r => r with { Tags = Enumerable.Range(0, 51).ToDictionary(i => $"{i}_key", i => $"{i}_value") }, "Number of tags exceeds resource tag limit." },
        { "level of text logs", r => r with { LoggingConfig = new("Text", "DEBUG") }, "To set a log level, set LogFormat to JSON." },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task CreateFunction_OfWhatIsNotAllowed_IsRefused(
        string what,
        Func<CreateFunctionRequest, CreateFunctionRequest> change,
        string message)
    {
        var error = await Assert.ThrowsAnyAsync<ServiceException>(() =>
            _plane.Lambda.CreateFunction(change(ControlPlane.NewFunction("f")), ControlPlane.Call()));
        Assert.True(error.Status == 400, what);
        Assert.Equal(message, error.Message);
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.GetFunction(new("f"), ControlPlane.Call()));
    }

    public static TheoryData<string, Func<CreateFunctionRequest, CreateFunctionRequest>> NotBuilt => new()
    {
        { "VpcConfig", r => r with { VpcConfig = new(["subnet-1"], ["sg-1"]) } },
        { "DeadLetterConfig", r => r with { DeadLetterConfig = new("arn:aws:sqs:eu-west-1:111111111111:q") } },
        { "KMSKeyArn", r => r with { KmsKeyArn = "arn:aws:kms:eu-west-1:111111111111:key/k" } },
        { "FileSystemConfigs", r => r with { FileSystemConfigs = [new("arn", "/mnt/x")] } },
        { "SnapStart", r => r with { SnapStart = new("PublishedVersions") } },
        { "LoggingConfig.SystemLogLevel", r => r with { LoggingConfig = new("JSON", SystemLogLevel: "DEBUG") } },
        { "PublishTo", r => r with { PublishTo = "LATEST_PUBLISHED" } },
        { "DurableConfig", r => r with { DurableConfig = new(1, 1) } },
        { "TenancyConfig", r => r with { TenancyConfig = new("PER_TENANT") } },
    };

    [Theory]
    [MemberData(nameof(NotBuilt))]
    public async Task CreateFunction_WithAMemberThatHasNoEffect_IsRefusedByName(
        string member,
        Func<CreateFunctionRequest, CreateFunctionRequest> change)
    {
        var error = await Assert.ThrowsAsync<CommonException>(() =>
            _plane.Lambda.CreateFunction(change(ControlPlane.NewFunction("f")), ControlPlane.Call()));
        Assert.Equal(("NotImplemented", 501), (error.Code, error.Status));
        Assert.Equal($"Petrel does not implement lambda:CreateFunction with {member}.", error.Message);
    }

    [Fact]
    public async Task CreateFunction_WithALargeEnvironment_QuotesWhatWasMeasured()
    {
        var value = new string('x', 4_096);
        var error = await Assert.ThrowsAsync<InvalidParameterValueException>(() => _plane.CreateAsync(
            "f",
            r => r with { Environment = new(new() { ["SMALL_VAR"] = "ok", ["LARGE_VAR"] = value }) }));
        Assert.EndsWith($$"""exceeded the 4KB limit. String measured: {"SMALL_VAR":"ok","LARGE_VAR":"{{value}}"}""", error.Message, StringComparison.Ordinal);
        await _plane.CreateAsync("f", r => r with { Environment = new(new() { ["LARGE_VAR"] = value[..4_080] }) });
    }

    [Fact]
    public async Task CreateFunction_WithAnEnvironment_StoresItSealed()
    {
        await _plane.CreateAsync("f", r => r with { Environment = new(new() { ["PASSWORD"] = "correct-horse" }) });
        var all = new Petrel.Storage.KeyRange(new(Array.Empty<byte>()), new(new byte[] { 0xFF }));
        foreach (var pair in await _plane.Store.ReadAsync(tx => tx.ScanAsync(all, 1_000)))
        {
            Assert.DoesNotContain("correct-horse", System.Text.Encoding.UTF8.GetString(pair.Value.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task CreateFunction_WithALargePackage_IsRefusedAsTooLarge()
    {
        var error = await Assert.ThrowsAsync<RequestEntityTooLargeException>(() =>
            _plane.CreateAsync("f", r => r with { Code = new FunctionCode(new byte[52_428_801]) }));
        Assert.Equal(("Zipped size must be smaller than 52428800 bytes", 413), (error.Message, error.Status));
    }

    [Fact]
    public async Task CreateFunction_WithARoleThatIsNotThere_IsRefused()
    {
        _plane.Roles.Missing.Add(ControlPlane.Role);
        var error = await Assert.ThrowsAsync<InvalidParameterValueException>(() => _plane.CreateAsync("f"));
        Assert.Equal("The role defined for the function cannot be assumed by Lambda.", error.Message);
    }

    [Fact]
    public async Task CreateFunction_ByACallerWhoMayNotPassTheRole_IsDenied()
    {
        _plane.Access.Denied.Add("iam:PassRole");
        var error = await Assert.ThrowsAsync<CommonException>(() => _plane.CreateAsync("f"));
        Assert.Equal(403, error.Status);
    }

    [Fact]
    public async Task CreateFunction_WithALanguageThatIsNotHere_SaysSo()
    {
        var java = new RuntimeInfo("java21", "java", null, null, false, "Install a JDK.");
        await using var plane = new ControlPlane(new RuntimeCatalogue(new Dictionary<string, RuntimeInfo> { ["java21"] = java }));
        var error = await Assert.ThrowsAsync<InvalidParameterValueException>(() => plane.CreateAsync("f", r => r with { Runtime = "java21" }));
        Assert.Equal("The runtime java21 does not run on this machine. Install a JDK.", error.Message);
    }
}
