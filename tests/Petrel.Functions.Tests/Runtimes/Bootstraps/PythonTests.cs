using System.Text.Json;
using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>What the Python bootstrap does with handlers, their answers and their errors.</summary>
public sealed class PythonTests
{
    private const string Runtime = "python3.12";

    [Theory]
    [InlineData("app.handler", "app.py")]
    [InlineData("pkg.sub.mod.handler", "pkg/sub/mod.py")]
    [InlineData("pkg/sub/mod.handler", "pkg/sub/mod.py")]
    public async Task Invoke_HandlerInAnyModule_Answers(string handler, string file)
    {
        await using var function = await BareFunction.StartAsync(Runtime, handler, (file, "def handler(event, context): return {'got': event}"));
        Assert.Equal("""{"got": {"é": [1, null, 2.5, true, "😀"]}}""", (await function.AnswerAsync(""" {"é":[1,null,2.5,true,"😀"]} """)).GetRawText());
    }

    [Theory]
    [InlineData("None", "null")]
    [InlineData("'a \\u2028 \"b\"'", "\"a \u2028 \\\"b\\\"\"")]
    [InlineData("[1, 1.5, True, None, (2, 3), {4: 5}]", "[1, 1.5, true, null, [2, 3], {\"4\": 5}]")]
    [InlineData("[Decimal('1.50'), Decimal('12345678901234567890.1'), 'x']", "[1.50, 12345678901234567890.1, \"x\"]")]
    [InlineData("b'\\x00\\xffbytes as they are'", null)]
    [InlineData("'\\ud800'", "\"\\ud800\"")]
    public async Task Invoke_Value_IsWrittenAsJson(string value, string? expected)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.py", $"from decimal import Decimal\ndef handler(event, context): return {value}"));
        var body = (await function.InvokeAsync()).Body;
        Assert.Equal(expected is null ? [0, 0xff, .. "bytes as they are"u8] : System.Text.Encoding.UTF8.GetBytes(expected), body.ToArray());
    }

    [Fact]
    public async Task Invoke_OldPython_EscapesWhatIsNotAscii()
    {
        await using var function = await BareFunction.StartAsync("python3.11", "app.handler", new Dictionary<string, string> { ["AWS_EXECUTION_ENV"] = "AWS_Lambda_python3.11" },
            ("app.py", "def handler(event, context): return 'é'"));
        Assert.Equal("\"\\u00e9\"", BareFunction.Text((await function.InvokeAsync()).Body));
    }

    [Fact]
    public async Task Invoke_Context_HasEverything()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.py", """
            import os, sys
            def handler(event, context):
                return {
                    "values": [context.aws_request_id, context.function_name, context.function_version, context.invoked_function_arn,
                        context.memory_limit_in_mb, context.log_group_name, context.log_stream_name, os.environ["_X_AMZN_TRACE_ID"]],
                    "custom": context.client_context.custom, "title": context.client_context.client.app_title,
                    "identity": [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id],
                    "remaining": context.get_remaining_time_in_millis(), "path": sys.path[:3], "cwd": os.getcwd() == sys.path[0], "fd": "PETREL_FD" in os.environ,
                    "site": any("site-packages" in p and not p.startswith("/opt") or "dist-packages" in p for p in sys.path),
                }
            """));
        var client = Convert.ToBase64String("""{"custom":{"foo":"bär"},"client":{"app_title":"Shop"}}"""u8);
        var answer = JsonDocument.Parse((await function.InvokeAsync("{}", clientContext: client, traceId: "Root=1")).Body).RootElement;
        Assert.Equal(
            [BareFunction.RequestId, "bare", "$LATEST", "arn:aws:lambda:us-east-1:000000000000:function:bare:live", "128", "/aws/lambda/bare", "stream", "Root=1"],
            answer.GetProperty("values").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(("""{"foo": "bär"}""", "Shop", "[null, null]"),
            (answer.GetProperty("custom").GetRawText(), answer.GetProperty("title").GetString(), answer.GetProperty("identity").GetRawText()));
        Assert.InRange(answer.GetProperty("remaining").GetInt32(), 20_000, 30_000);
        Assert.Matches("^/opt/python/lib/python3\\.\\d+/site-packages$", answer.GetProperty("path")[1].GetString());
        Assert.Equal("/opt/python", answer.GetProperty("path")[2].GetString());
        Assert.True(answer.GetProperty("cwd").GetBoolean());
        Assert.False(answer.GetProperty("fd").GetBoolean());
        Assert.False(answer.GetProperty("site").GetBoolean());
    }

    [Fact]
    public async Task Invoke_HandlerFails_GivesErrorAsLambdaDoes()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.py", "def handler(event, context):\n    raise Exception(\"Handler fails\")\n"));
        var error = await function.ErrorAsync();
        Assert.Equal(["errorMessage", "errorType", "requestId", "stackTrace"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("Handler fails", "Exception", BareFunction.RequestId),
            (error.GetProperty("errorMessage").GetString(), error.GetProperty("errorType").GetString(), error.GetProperty("requestId").GetString()));
        Assert.Matches("^  File \".*/app.py\", line 2, in handler\n    raise Exception\\(\"Handler fails\"\\)\n$", Assert.Single(error.GetProperty("stackTrace").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData("{1}", "{}", "Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable")]
    [InlineData("float('nan')", "{}", "Runtime.MarshalError", "Unable to marshal response: Out of range float values are not JSON compliant*")]
    [InlineData("circular()", "{}", "Runtime.MarshalError", "Unable to marshal response: Circular reference detected")]
    [InlineData("{}['a']", "{}", "KeyError", "'a'")]
    [InlineData("1", "{", "Runtime.UnmarshalError", "Unable to unmarshal input: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)")]
    [InlineData("1", "", "Runtime.UnmarshalError", "Unable to unmarshal input: Expecting value: line 1 column 1 (char 0)")]
    [InlineData("1", "1 2", "Runtime.UnmarshalError", "Unable to unmarshal input: Extra data: line 1 column 3 (char 2)")]
    public async Task Invoke_CannotAnswer_GivesTheReason(string value, string payload, string type, string message)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.py", $"""
            def circular():
                a = []
                a.append(a)
                return a
            def handler(event, context): return {value}
            """));
        for (var i = 0; i < 2; i++)
        {
            var error = await function.ErrorAsync(payload);
            var actual = error.GetProperty("errorMessage").GetString()!;
            Assert.Equal(type, error.GetProperty("errorType").GetString());
            Assert.Equal(message.TrimEnd('*'), message.EndsWith('*') ? actual[..(message.Length - 1)] : actual);
        }
    }

    [Theory]
    [InlineData("sys.exit(3)", 3)]
    [InlineData("exit()", 0)]
    [InlineData("os._exit(4)", 4)]
    [InlineData("raise SystemExit(5)", 5)]
    public async Task Invoke_ProcessExits_SaysSo(string statement, int code)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.py", $"import os, sys\ndef handler(event, context): {statement}"));
        Assert.Equal(RuntimeOutcomeKind.Exited, (await function.InvokeAsync()).Kind);
        Assert.Equal(code, await function.Exited);
    }

    [Theory]
    [InlineData("app", "", "Runtime.MalformedHandlerName", "Bad handler 'app': not enough values to unpack (expected 2, got 1)")]
    [InlineData("app.none", "", "Runtime.HandlerNotFound", "Handler 'none' missing on module 'app'")]
    [InlineData("missing.handler", "", "Runtime.ImportModuleError", "Unable to import module 'missing': No module named 'missing'")]
    [InlineData("app.handler", "import nothing_here", "Runtime.ImportModuleError", "Unable to import module 'app': No module named 'nothing_here'")]
    [InlineData("sys.handler", "", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module")]
    [InlineData("app.handler", "x = = 1", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app': invalid syntax (app.py, line 1)")]
    [InlineData("app.handler", "raise Exception('Runtime startup fails')", "Exception", "Runtime startup fails")]
    public async Task Init_CodeCannotBeLoaded_GivesTheReason(string handler, string code, string type, string message)
    {
        await using var function = await BareFunction.StartAsync(Runtime, handler, ("app.py", code));
        var error = function.InitError();
        Assert.Equal((type, message, ""), (error.GetProperty("errorType").GetString(), error.GetProperty("errorMessage").GetString(), error.GetProperty("requestId").GetString()));
        Assert.NotEqual(0, await function.Exited);
    }

    [Fact]
    public async Task Invoke_SixMegabytesEachWay_Arrive()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.py", "def handler(event, context): return event"));
        var text = $"\"{new string('é', 3 * 1024 * 1024 - 1)}\"";
        Assert.Equal(text, BareFunction.Text((await function.InvokeAsync(text)).Body));
        Assert.Equal("1", BareFunction.Text((await function.InvokeAsync("1")).Body));
    }

    [Fact]
    public async Task Invoke_ManyTimes_KeepsItsState()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.py", "n = -1\ndef handler(event, context):\n    global n\n    n += 1\n    return n"));
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(i, (await function.AnswerAsync()).GetInt32());
        }
    }

    [Theory]
    [InlineData("python3.8")]
    [InlineData("python3.9")]
    [InlineData("python3.10")]
    [InlineData("python3.11")]
    [InlineData("python3.12")]
    [InlineData("python3.13")]
    [InlineData("python3.14")]
    public async Task Invoke_EveryIdentifier_RunsOnTheVersionThatTheCatalogueSays(string runtime)
    {
        await using var function = await BareFunction.StartAsync(
            runtime, "app.handler", ("app.py", "import sys, logging\ndef handler(event, context): logging.error('x'); return '.'.join(map(str, sys.version_info[:3]))"));
        Assert.Equal(RuntimesUnderTest.Provider.Catalogue.Find(runtime)!.InstalledVersion, (await function.AnswerAsync()).GetString());
    }
}
