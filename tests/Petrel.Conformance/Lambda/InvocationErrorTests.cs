namespace Petrel.Conformance.Lambda;

/// <summary>What boto3 is told when an invocation is refused, against recordings of the real service.</summary>
public sealed class InvocationErrorTests(Daemon daemon)
{
    private const string NamePattern =
        @"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)"
        + @"(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";

    private readonly Client _lambda = daemon.NewBoto();

    [Theory]
    [InlineData("my-function!")]
    [InlineData("*")]
    [InlineData("invalid-account:function:my-function")]
    [InlineData("function:my-function:$LATEST:extra")]
    [InlineData("arn:aws:lambda::111111111111:function:my-function")]
    public async Task Invoke_NameOfAnotherForm_IsAValidationError(string name)
    {
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync(name));
        Assert.Equal(("ValidationException", 400), (error.Code, error.Status));
        Assert.Equal(
            $"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: "
            + $"Member must satisfy regular expression pattern: {NamePattern}",
            error.Text);
    }

    [Fact]
    public async Task Invoke_QualifierOfAnotherForm_IsAValidationError()
    {
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync("f", qualifier: "invalid!"));
        Assert.Equal(
            "1 validation error detected: Value 'invalid!' at 'qualifier' failed to satisfy constraint: "
            + @"Member must satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
            error.Text);
    }

    [Theory]
    [InlineData("nobody", null, "nobody:$LATEST")]
    [InlineData("nobody", "7", "nobody:7")]
    [InlineData("nobody:live", null, "nobody:live")]
    [InlineData("nobody", "$latest", "nobody:$latest")]
    [InlineData("function:nobody", null, "nobody:$LATEST")]
    public async Task Invoke_FunctionThatIsNotThere_IsNotFound(string name, string? qualifier, string target)
    {
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync(name, qualifier: qualifier));
        Assert.Equal(("ResourceNotFoundException", 404), (error.Code, error.Status));
        Assert.Equal($"Function not found: arn:aws:lambda:us-east-1:{_lambda.Account}:function:{target}", error.Text);
        Assert.Equal("User", error.Response.Text("Type"));
    }

    [Fact]
    public async Task Invoke_ArnOfAnotherRegion_IsNotReachable()
    {
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync($"arn:aws:lambda:eu-west-1:{_lambda.Account}:function:f"));
        Assert.Equal(("ResourceNotFoundException", "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"), (error.Code, error.Text));
    }

    [Fact]
    public async Task Invoke_QualifierTwiceAndDifferent_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync("my-function:$LATEST", qualifier: "1"));
        Assert.Equal(
            ("InvalidParameterValueException", "The derived qualifier from the function name does not match the specified qualifier."),
            (error.Code, error.Text));
    }

    [Fact]
    public async Task Invoke_PayloadThatIsNoJson_IsRefused()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return 1\n");
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.CallAsync(
            "invoke",
            new { FunctionName = "f", Payload = new byte[] { 0x99, 0xeb, (byte)',', (byte)'j' } }));
        Assert.Equal(("InvalidRequestContentException", 400), (error.Code, error.Status));
        Assert.StartsWith(
            "Could not parse request body into json: Could not parse payload into json: Unexpected character ((CTRL-CHAR, code 153)): expected",
            error.Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RequestResponse", 6 * 1024 * 1024)]
    [InlineData("Event", 1024 * 1024)]
    public async Task Invoke_PayloadBeyondTheLimit_IsTooLarge(string type, int limit)
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return 1\n");
        var payload = new byte[limit + 1];
        payload.AsSpan().Fill((byte)'1');
        var error = await Assert.ThrowsAsync<ClientException>(
            () => _lambda.CallAsync("invoke", new { FunctionName = "f", InvocationType = type, Payload = payload }));
        Assert.Equal(("RequestTooLargeException", 413), (error.Code, error.Status));
        Assert.Equal($"Request must be smaller than {limit} bytes for the InvokeFunction operation", error.Text);
    }

    [Fact]
    public async Task Invoke_AnswerBeyondTheLimit_IsAFunctionError()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return 'x' * (6 * 1024 * 1024 + 101)\n");
        var result = await _lambda.InvokeAsync("f");
        Assert.Equal("Unhandled", result.Text("FunctionError"));
        Assert.Contains("Function.ResponseSizeTooLarge", result.Text("Payload"), StringComparison.Ordinal);
        Assert.Contains("Response payload size exceeded maximum allowed payload size (6291556 bytes).", result.Text("Payload"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_LargePayload_ComesBackWhole()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return event\n");
        var payload = '"' + new string('x', (5 * 1024 * 1024) - 2) + '"';
        Assert.Equal(payload, (await _lambda.InvokeAsync("f", payload)).Text("Payload"));
    }
}
