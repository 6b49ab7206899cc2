using System.Text;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Testing;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class InvocationApiTests
{
    private readonly InvocationFixture _lambda = new();

    [Fact]
    public async Task Invoke_Function_AnswersItsResult()
    {
        await _lambda.AddFunctionAsync("f");
        var result = await _lambda.InvokeAsync("f", """{"a":1}""");
        Assert.Equal((200, """{"a":1}""", "$LATEST"), (result.StatusCode, InvocationFixture.Text(result.Payload), result.ExecutedVersion));
        Assert.Null(result.FunctionError);
        Assert.Null(result.LogResult);
    }

    [Fact]
    public async Task Invoke_WithoutPayload_RunsAnEmptyEvent()
    {
        await _lambda.AddFunctionAsync("f");
        Assert.Equal("{}", InvocationFixture.Text((await _lambda.InvokeAsync("f", "")).Payload));
    }

    [Fact]
    public async Task Invoke_FunctionFails_AnswersItsErrorWithStatus200()
    {
        await _lambda.AddFunctionAsync("f");
        _lambda.Engine.Script("f", _ => FunctionAnswer.Error("no", "Oops"));
        var result = await _lambda.InvokeAsync("f");
        Assert.Equal((200, "Unhandled"), (result.StatusCode, result.FunctionError));
        Assert.Equal("""{"errorMessage":"no","errorType":"Oops"}""", InvocationFixture.Text(result.Payload));
    }

    [Fact]
    public async Task Invoke_LogTypeTail_AnswersTheLog()
    {
        await _lambda.AddFunctionAsync("f");
        _lambda.Engine.Script("f", _ => FunctionAnswer.Of("1") with { LogTail = "START\nEND\n" });
        var result = await _lambda.InvokeAsync("f", change: r => r with { LogType = "Tail" });
        Assert.Equal("START\nEND\n", Encoding.UTF8.GetString(Convert.FromBase64String(result.LogResult!)));
        Assert.Null((await _lambda.InvokeAsync("f")).LogResult);
    }

    [Fact]
    public async Task Invoke_DryRun_RunsNothing()
    {
        await _lambda.AddFunctionAsync("f");
        var result = await _lambda.InvokeAsync("f", change: r => r with { InvocationType = "DryRun" });
        Assert.Equal(204, result.StatusCode);
        Assert.Null(result.ExecutedVersion);
        Assert.Empty(_lambda.Engine.Invocations);
    }

    [Fact]
    public async Task Invoke_ClientContext_ReachesTheFunction()
    {
        await _lambda.AddFunctionAsync("f");
        await _lambda.InvokeAsync("f", change: r => r with { ClientContext = "e30=" });
        Assert.Equal("e30=", _lambda.Engine.Invocations.Single().Invocation.ClientContext);
    }

    [Theory]
    [InlineData("f:2", null, "2", "f:2")]
    [InlineData("f", "1", "1", "f:1")]
    [InlineData("f", "live", "1", "f:live")]
    [InlineData("f", "$LATEST", "$LATEST", "f:$LATEST")]
    [InlineData("f", null, "$LATEST", "f")]
    [InlineData("arn:aws:lambda:eu-west-1:111111111111:function:f:live", "live", "1", "f:live")]
    [InlineData("111111111111:function:f", "2", "2", "f:2")]
    public async Task Invoke_Qualifier_RunsItsVersion(string name, string? qualifier, string version, string invoked)
    {
        await _lambda.AddFunctionAsync("f", null, 2, new AliasRecord("live", "1", "", "r"));
        var result = await _lambda.InvokeAsync(name, change: r => r with { Qualifier = qualifier });
        var (spec, invocation) = _lambda.Engine.Invocations.Single();
        Assert.Equal((version, version), (result.ExecutedVersion, spec.Version));
        Assert.Equal($"arn:aws:lambda:eu-west-1:111111111111:function:{invoked}", invocation.InvokedFunctionArn);
    }

    [Fact]
    public async Task Invoke_WeightedAlias_ReachesBothVersions()
    {
        await _lambda.AddFunctionAsync("f", null, 2, new AliasRecord("both", "1", "", "r", "2", 0.5));
        var seen = new HashSet<string?>();
        for (var i = 0; i < 60; i++)
        {
            seen.Add((await _lambda.InvokeAsync("f:both")).ExecutedVersion);
        }

        Assert.Equal(["1", "2"], seen.Order());
    }

    [Theory]
    [InlineData("g", null, "g:$LATEST")]
    [InlineData("f", "9", "f:9")]
    [InlineData("f:none", null, "f:none")]
    public async Task Invoke_UnknownTarget_IsNotFound(string name, string? qualifier, string target)
    {
        await _lambda.AddFunctionAsync("f");
        var error = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _lambda.InvokeAsync(name, change: r => r with { Qualifier = qualifier }));
        Assert.Equal($"Function not found: arn:aws:lambda:eu-west-1:111111111111:function:{target}", error.Message);
    }

    [Fact]
    public async Task Invoke_PayloadIsNoJson_IsRefusedBeforeTheFunctionIsLookedUp()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestContentException>(() => _lambda.InvokeAsync("nobody", "nope"));
        Assert.StartsWith("Could not parse request body into json: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 6 * 1024 * 1024)]
    [InlineData("Event", 1024 * 1024)]
    public async Task Invoke_PayloadTooLarge_SaysTheLimit(string? type, int limit)
    {
        await _lambda.AddFunctionAsync("f");
        var error = await Assert.ThrowsAsync<RequestTooLargeException>(
            () => _lambda.InvokeAsync("f", '"' + new string('x', limit - 1) + '"', r => r with { InvocationType = type }));
        Assert.Equal($"Request must be smaller than {limit} bytes for the InvokeFunction operation", error.Message);
        Assert.Equal(413, error.Status);
    }

    [Fact]
    public async Task Invoke_PayloadOfTheLimit_Runs()
    {
        await _lambda.AddFunctionAsync("f");
        var result = await _lambda.InvokeAsync("f", '"' + new string('x', (6 * 1024 * 1024) - 2) + '"');
        Assert.Equal(6 * 1024 * 1024, result.Payload.Length);
    }

    [Fact]
    public async Task Invoke_ReservedConcurrencyReached_IsThrottledWithTheReason()
    {
        await _lambda.AddFunctionAsync("f", f => f with { ReservedConcurrency = 0 });
        var error = await Assert.ThrowsAsync<TooManyRequestsException>(() => _lambda.InvokeAsync("f"));
        Assert.Equal("Rate Exceeded.", error.Message);
        Assert.Equal("ReservedFunctionConcurrentInvocationLimitExceeded", error.Reason);
        Assert.Equal([new("Type", "User"), new("Reason", error.Reason)], error.Members);
        Assert.Equal([new("Retry-After", "1")], error.Headers);
    }

    [Theory]
    [InlineData("InvalidRuntimeException", 502)]
    [InlineData("InvalidZipFileException", 502)]
    [InlineData("EC2UnexpectedException", 502)]
    [InlineData("ServiceException", 500)]
    public async Task Invoke_NoInstance_SaysWhy(string code, int status)
    {
        await _lambda.AddFunctionAsync("f");
        _lambda.Engine.Script("f", (_, _, _) => throw new FunctionStartException(code, "why"));
        var error = await Assert.ThrowsAnyAsync<LambdaException>(() => _lambda.InvokeAsync("f"));
        Assert.Equal((code, status, "why"), (error.Code, error.Status, error.Message));
    }

    [Fact]
    public async Task Invoke_WhatHasNoEffect_IsRefusedByName()
    {
        await _lambda.AddFunctionAsync("f");
        var durable = await Assert.ThrowsAsync<InvalidParameterValueException>(
            () => _lambda.InvokeAsync("f", change: r => r with { DurableExecutionName = "x" }));
        Assert.Contains("DurableExecutionName", durable.Message, StringComparison.Ordinal);
        var tenant = await Assert.ThrowsAsync<InvalidParameterValueException>(
            () => _lambda.InvokeAsync("f", change: r => r with { TenantId = "x" }));
        Assert.Contains("TenantId", tenant.Message, StringComparison.Ordinal);
    }
}
