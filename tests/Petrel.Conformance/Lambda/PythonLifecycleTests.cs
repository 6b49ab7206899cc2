using System.Net;
using System.Text;
using System.Text.Json;


namespace Petrel.Conformance.Lambda;

/// <summary>The life of functions in Python, as boto3 sees it.</summary>
public sealed class PythonLifecycleTests(Daemon daemon)
{
    private const string Echo = """
        import json, os
        def handler(event, context):
            print("seen", json.dumps(event))
            return {"event": event, "version": context.function_version, "arn": context.invoked_function_arn, "request": context.aws_request_id}
        """;

    private readonly Client _lambda = daemon.NewBoto();

    [Fact]
    public async Task Function_FromCreationToDeletion_BehavesAsDocumented()
    {
        var created = await _lambda.CreatePythonAsync("f", Echo);
        Assert.Equal("Pending", created.Text("State"));

        var first = await _lambda.InvokeAsync("f", """{"a": 1}""");
        Assert.Equal("$LATEST", first.Text("ExecutedVersion"));
        using var answer = JsonDocument.Parse(first.Text("Payload")!);
        Assert.Equal("""{"a": 1}""", answer.RootElement.GetProperty("event").GetRawText());
        Assert.Equal($"arn:aws:lambda:us-east-1:{_lambda.Account}:function:f", answer.RootElement.Text("arn"));
        Assert.Equal(first.GetProperty("ResponseMetadata").Text("RequestId"), answer.RootElement.Text("request"));

        Assert.Equal("1", (await _lambda.CallAsync("publish_version", new { FunctionName = "f" })).Text("Version"));
        await _lambda.CallAsync("create_alias", new { FunctionName = "f", Name = "live", FunctionVersion = "1" });
        await _lambda.UpdateAsync("f", Package.Python("def handler(event, context):\n    return 'new ' + context.function_version\n"));

        Assert.Equal("\"new $LATEST\"", (await _lambda.InvokeAsync("f")).Text("Payload"));
        var aliased = await _lambda.InvokeAsync("f", "2", "live");
        Assert.Equal("1", aliased.Text("ExecutedVersion"));
        Assert.Contains("\"version\": \"1\"", aliased.Text("Payload"), StringComparison.Ordinal);
        Assert.Contains(":function:f:live", aliased.Text("Payload"), StringComparison.Ordinal);

        await _lambda.CallAsync("delete_function", new { FunctionName = "f" });
        var gone = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync("f"));
        Assert.Equal(("ResourceNotFoundException", 404), (gone.Code, gone.Status));
        Assert.Equal($"Function not found: arn:aws:lambda:us-east-1:{_lambda.Account}:function:f:$LATEST", gone.Text);
    }

    [Fact]
    public async Task Invoke_LogTypeTail_ShowsStartLinesEndAndReport()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        var result = await _lambda.CallAsync("invoke", new { FunctionName = "f", LogType = "Tail", Payload = "{}"u8.ToArray() });
        var log = Encoding.UTF8.GetString(Convert.FromBase64String(result.Text("LogResult")!)).Split('\n');
        var id = result.GetProperty("ResponseMetadata").Text("RequestId");
        Assert.Contains($"START RequestId: {id} Version: $LATEST", log);
        Assert.Contains("seen {}", log);
        Assert.Contains($"END RequestId: {id}", log);
        Assert.Contains(log, line => line.StartsWith($"REPORT RequestId: {id}\tDuration: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_DryRun_Answers204()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        var result = await _lambda.CallAsync("invoke", new { FunctionName = "f", InvocationType = "DryRun" });
        Assert.Equal((204, 204), (result.GetProperty("StatusCode").GetInt32(), result.Status()));
        Assert.Equal("", result.Text("Payload"));
    }

    [Fact]
    public async Task Invoke_HandlerRaises_AnswersTheErrorOfPython()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context):\n    raise ValueError('no ' + event['x'])\n");
        var result = await _lambda.InvokeAsync("f", """{"x": "way"}""");
        Assert.Equal(("Unhandled", 200), (result.Text("FunctionError"), result.GetProperty("StatusCode").GetInt32()));
        using var error = JsonDocument.Parse(result.Text("Payload")!);
        Assert.Equal(("no way", "ValueError"), (error.RootElement.Text("errorMessage"), error.RootElement.Text("errorType")));
        Assert.NotEmpty(error.RootElement.GetProperty("stackTrace").EnumerateArray());
    }

    [Fact]
    public async Task Invoke_FunctionTimesOut_SaysSo()
    {
        await _lambda.CreatePythonAsync("f", "import time\ndef handler(event, context):\n    time.sleep(30)\n");
        await _lambda.CallAsync("update_function_configuration", new { FunctionName = "f", Timeout = 1 });
        await _lambda.WaitAsync("function_updated_v2", "f");
        var result = await _lambda.InvokeAsync("f");
        Assert.Equal("Unhandled", result.Text("FunctionError"));
        Assert.Contains("Task timed out after 1.00 seconds", result.Text("Payload"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_Event_IsAcceptedAndRunsFromTheQueue()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        var result = await _lambda.CallAsync("invoke", new { FunctionName = "f", InvocationType = "Event", Payload = "\"later\""u8.ToArray() });
        Assert.Equal((202, 202), (result.GetProperty("StatusCode").GetInt32(), result.Status()));
        Assert.Equal("", result.Text("Payload"));
        Assert.Null(result.Text("ExecutedVersion"));
        Assert.Equal("seen \"later\"", await FirstLogLineAsync("f", "seen"));
    }

    [Fact]
    public async Task Url_OfAFunction_AnswersHttp()
    {
        await _lambda.CreatePythonAsync("f", """
            import json
            def handler(event, context):
                return {"statusCode": 201, "headers": {"X-Path": event["rawPath"]}, "cookies": ["a=1", "b=2"],
                        "body": event["requestContext"]["http"]["method"] + " " + event["queryStringParameters"]["q"]}
            """);
        var url = await _lambda.OpenUrlAsync("f");
        var answer = await daemon.Http.PostAsync(new Uri(url, "some/path?q=1&q=2"), new StringContent("x"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("/some/path", answer.Headers.GetValues("X-Path").Single());
        Assert.Equal(["a=1", "b=2"], answer.Headers.GetValues("Set-Cookie"));
        Assert.Equal("POST 1,2", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Url_WithoutPermission_IsForbidden()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        var url = await _lambda.CallAsync("create_function_url_config", new { FunctionName = "f", AuthType = "NONE" });
        var answer = await daemon.Http.GetAsync(new Uri(url.Text("FunctionUrl")!));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.StartsWith("""{"Message":"Forbidden""", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Url_WithABearerToken_LeavesItToTheFunction()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return event['headers']['authorization']\n");
        using var request = new HttpRequestMessage(HttpMethod.Get, await _lambda.OpenUrlAsync("f"));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer token");
        Assert.Equal("Bearer token", await (await daemon.Http.SendAsync(request)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Url_WithIamAuth_TakesSignedCallsAlone()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        var url = new Uri((await _lambda.CallAsync("create_function_url_config", new { FunctionName = "f", AuthType = "AWS_IAM" })).Text("FunctionUrl")!);
        Assert.Equal(HttpStatusCode.Forbidden, (await daemon.Http.GetAsync(url)).StatusCode);

        // Other clients than browsers and curl seldom resolve names below localhost, so there is a path for every URL.
        var byPath = new Uri(daemon.Endpoint, $"/_url/{url.Host.Split('.')[0]}/x?a=b%20c");
        var answer = await _lambda.CallAsync("$http", new { method = "POST", url = byPath.AbsoluteUri, body = "hi"u8.ToArray() });
        Assert.True(answer.GetProperty("status").GetInt32() == 200, answer.ToString());
        using var seen = JsonDocument.Parse(answer.Text("body")!);
        var context = seen.RootElement.GetProperty("event").GetProperty("requestContext");
        Assert.Equal(_lambda.Account, context.Text("accountId"));
        Assert.Equal($"arn:aws:iam::{_lambda.Account}:root", context.GetProperty("authorizer").GetProperty("iam").Text("userArn"));

        var stranger = daemon.NewBoto();
        var refused = await stranger.CallAsync("$http", new { method = "GET", url = byPath.AbsoluteUri });
        Assert.Equal(403, refused.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Url_WithCors_AnswersPreflightsItself()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return event['requestContext']['http']['method']\n");
        var url = await _lambda.OpenUrlAsync("f", cors: new { AllowOrigins = new[] { "https://a.example" }, AllowMethods = new[] { "GET" }, MaxAge = 60 });
        using var preflight = new HttpRequestMessage(HttpMethod.Options, url);
        preflight.Headers.Add("Origin", "https://a.example");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        var allowed = await daemon.Http.SendAsync(preflight);
        Assert.Equal("GET", allowed.Headers.GetValues("Access-Control-Allow-Methods").Single());
        Assert.Equal("60", allowed.Headers.GetValues("Access-Control-Max-Age").Single());
        Assert.Equal("", await allowed.Content.ReadAsStringAsync());

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("Origin", "https://a.example");
        var answer = await daemon.Http.SendAsync(request);
        Assert.Equal("https://a.example", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("GET", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Event_ThatSucceeds_ReachesItsDestination()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return 'done'\n");
        await _lambda.CreatePythonAsync("d", "def handler(event, context): print('got', event['requestContext']['condition'], event['responsePayload'], flush=True)\n");
        await _lambda.CallAsync(
            "put_function_event_invoke_config",
            new
            {
                FunctionName = "f",
                DestinationConfig = new { OnSuccess = new { Destination = $"arn:aws:lambda:us-east-1:{_lambda.Account}:function:d" } },
            });
        await _lambda.CallAsync("invoke", new { FunctionName = "f", InvocationType = "Event" });
        Assert.Equal("got Success done", await FirstLogLineAsync("d", "got"));
    }

    [Fact]
    public async Task Concurrency_ReservedAndUsedUp_ThrottlesWithTheReason()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        await _lambda.CallAsync("put_function_concurrency", new { FunctionName = "f", ReservedConcurrentExecutions = 0 });
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync("f"));
        Assert.Equal(("TooManyRequestsException", 429, "Rate Exceeded."), (error.Code, error.Status, error.Text));
        Assert.Equal("ReservedFunctionConcurrentInvocationLimitExceeded", error.Response.Text("Reason"));
        Assert.Equal("User", error.Response.Text("Type"));
    }

    [Fact]
    public async Task Alias_WithWeights_ReachesBothVersions()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return context.function_version\n");
        await _lambda.CallAsync("publish_version", new { FunctionName = "f" });
        await _lambda.UpdateAsync("f", Package.Python("def handler(event, context): return 'v' + context.function_version\n"));
        await _lambda.CallAsync("publish_version", new { FunctionName = "f" });
        await _lambda.CallAsync(
            "create_alias",
            new
            {
                FunctionName = "f",
                Name = "both",
                FunctionVersion = "1",
                RoutingConfig = new { AdditionalVersionWeights = new Dictionary<string, double> { ["2"] = 0.5 } },
            });
        var seen = new HashSet<string?>();
        for (var i = 0; i < 40; i++)
        {
            var result = await _lambda.InvokeAsync("f", qualifier: "both");
            seen.Add(result.Text("ExecutedVersion") + result.Text("Payload"));
        }

        Assert.Equal(["1\"1\"", "2\"v2\""], seen.Order());
    }

    [Fact]
    public async Task Update_WhileAnInvocationRuns_LetsItFinishOnTheOldCode()
    {
        await _lambda.CreatePythonAsync("f", "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'old'\n");
        await _lambda.InvokeAsync("f", "0");
        var running = _lambda.InvokeAsync("f", "4");
        await _lambda.UpdateAsync("f", Package.Python("def handler(event, context): return 'new'\n"));
        Assert.Equal("\"new\"", (await _lambda.InvokeAsync("f")).Text("Payload"));
        Assert.False(running.IsCompleted);
        Assert.Equal("\"old\"", (await running).Text("Payload"));
    }

    [Fact]
    public async Task InvokeWithResponseStream_BufferedHandler_SendsOneChunkAndTheEnd()
    {
        await _lambda.CreatePythonAsync("f", "def handler(event, context): return {'a': event}\n");
        var result = await _lambda.CallAsync("invoke_with_response_stream", new { FunctionName = "f", Payload = "1"u8.ToArray() });
        var events = result.GetProperty("EventStream").EnumerateArray().ToList();
        Assert.Equal("""{"a": 1}""", events[0].GetProperty("PayloadChunk").Text("Payload"));
        Assert.True(events[1].TryGetProperty("InvokeComplete", out _));
        Assert.Equal("$LATEST", result.Text("ExecutedVersion"));
    }

    [Fact]
    public async Task InvokeAsync_LegacyOperation_IsAccepted()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        var result = await _lambda.CallAsync("invoke_async", new { FunctionName = "f", InvokeArgs = "{}"u8.ToArray() });
        Assert.Equal((202, 202), (result.GetProperty("Status").GetInt32(), result.Status()));
    }

    [Fact]
    public async Task Role_ThatAllowsNothing_CannotInvoke()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        var caller = new
        {
            RoleName = "nothing",
            AssumeRolePolicyDocument = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}""",
        };
        await _lambda.CallAsync("iam", "create_role", caller);
        var assumed = await _lambda.CallAsync(
            "sts",
            "assume_role",
            new { RoleArn = $"arn:aws:iam::{_lambda.Account}:role/nothing", RoleSessionName = "session" });
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.With(assumed.GetProperty("Credentials")).InvokeAsync("f"));
        Assert.Equal(("AccessDeniedException", 403), (error.Code, error.Status));
        Assert.StartsWith(
            $"User: arn:aws:sts::{_lambda.Account}:assumed-role/nothing/session is not authorized to perform: lambda:InvokeFunction on resource: "
            + $"arn:aws:lambda:us-east-1:{_lambda.Account}:function:f",
            error.Text,
            StringComparison.Ordinal);
    }

    /// <summary>Waits for the first line with a word in the log of a function.</summary>
    private async Task<string> FirstLogLineAsync(string function, string word)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            try
            {
                var found = await _lambda.CallAsync("logs", "filter_log_events", new { logGroupName = "/aws/lambda/" + function, filterPattern = word });
                if (found.GetProperty("events").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } line)
                {
                    return line.Text("message")!.Trim();
                }
            }
            catch (ClientException notYet) when (notYet.Code == "ResourceNotFoundException")
            {
                // The log group comes with the first line.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new TimeoutException($"No line with {word} came into the log of {function}.");
    }
}
