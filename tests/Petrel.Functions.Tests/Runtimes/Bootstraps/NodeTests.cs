using System.Text.Json;
using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>What the Node.js bootstrap does with handlers, their answers and their errors.</summary>
public sealed class NodeTests
{
    private const string Runtime = "nodejs20.x";

    [Theory]
    [InlineData("index.handler", "index.js", "exports.handler = async (e) => ({ got: e });")]
    [InlineData("index.handler", "index.js", "exports.handler = (e, c, callback) => { callback(null, { got: e }); };")]
    [InlineData("index.handler", "index.js", "exports.handler = (e, c) => { c.succeed({ got: e }); };")]
    [InlineData("index.handler", "index.js", "exports.handler = (e, c) => { c.done(null, { got: e }); };")]
    [InlineData("index.handler", "index.mjs", "export const handler = async (e) => ({ got: e });")]
    [InlineData("index.handler", "index.cjs", "exports.handler = async (e) => ({ got: e });")]
    [InlineData("src/app/main.api.get", "src/app/main.js", "exports.api = { get: async (e) => ({ got: e }) };")]
    public async Task Invoke_HandlerOfAnyKind_Answers(string handler, string file, string code)
    {
        await using var function = await BareFunction.StartAsync(Runtime, handler, (file, code));
        Assert.Equal("""{"got":{"é":[1,null,"😀"]}}""", (await function.AnswerAsync("""{"é":[1,null,"😀"]}""")).GetRawText());
    }

    [Fact]
    public async Task Invoke_JsFileOfModulePackage_IsAnEsModule()
    {
        await using var function = await BareFunction.StartAsync(
            Runtime, "index.handler",
            ("package.json", """{"type":"module"}"""),
            ("index.js", "import { value } from './other.js'; export const handler = async () => value;"),
            ("other.js", "export const value = await Promise.resolve('from another module');"));
        Assert.Equal("from another module", (await function.AnswerAsync()).GetString());
    }

    [Theory]
    [InlineData("async () => {}", "null")]
    [InlineData("() => {}", "null")]
    [InlineData("async () => undefined", "null")]
    [InlineData("async () => NaN", "null")]
    [InlineData("async () => 'a \u2028 \"b\"'", "\"a \u2028 \\\"b\\\"\"")]
    [InlineData("async () => [1, Infinity, () => 1]", "[1,null,null]")]
    [InlineData("(e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 1e6); cb(null, 'early'); }", "\"early\"")]
    [InlineData("(e, c, cb) => { let v = 'too early'; setTimeout(() => { v.x = 1; }, 20); cb(null, { toJSON: () => v }); v = 'late'; }", "\"late\"")]
    [InlineData("(e, c, cb) => { cb(null, 'first'); cb(null, 'second'); cb(new Error('third')); }", "\"first\"")]
    public async Task Invoke_Value_IsWrittenAsJson(string handler, string expected)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", $"exports.handler = {handler};"));
        Assert.Equal(expected, BareFunction.Text((await function.InvokeAsync()).Body));
    }

    [Fact]
    public async Task Invoke_Context_HasEverything()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", """
            exports.handler = async (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID,
                cwd: process.cwd(), fd: process.env.PETREL_FD });
            """));
        var clientContext = Convert.ToBase64String("""{"custom":{"foo":"bär"},"client":{"snap":["crackle"]},"env":{}}"""u8);
        var answer = JsonDocument.Parse((await function.InvokeAsync("{}", clientContext: clientContext, traceId: "Root=1-5;Sampled=1")).Body).RootElement;

        Assert.Equal("bare", answer.GetProperty("functionName").GetString());
        Assert.Equal("$LATEST", answer.GetProperty("functionVersion").GetString());
        Assert.Equal("128", answer.GetProperty("memoryLimitInMB").GetString());
        Assert.Equal("/aws/lambda/bare", answer.GetProperty("logGroupName").GetString());
        Assert.Equal("stream", answer.GetProperty("logStreamName").GetString());
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:bare:live", answer.GetProperty("invokedFunctionArn").GetString());
        Assert.Equal(BareFunction.RequestId, answer.GetProperty("awsRequestId").GetString());
        Assert.True(answer.GetProperty("callbackWaitsForEmptyEventLoop").GetBoolean());
        Assert.Equal("""{"custom":{"foo":"bär"},"client":{"snap":["crackle"]},"env":{}}""", answer.GetProperty("clientContext").GetRawText());
        Assert.InRange(answer.GetProperty("remaining").GetInt32(), 20_000, 30_000);
        Assert.Equal("Root=1-5;Sampled=1", answer.GetProperty("trace").GetString());
        Assert.False(answer.TryGetProperty("fd", out _));
    }

    [Theory]
    [InlineData("async () => { throw new Error('Error: some_error_msg'); }", "Error", "Error: some_error_msg")]
    [InlineData("() => { throw new TypeError('bad'); }", "TypeError", "bad")]
    [InlineData("(e, c, cb) => cb(new RangeError('far'))", "RangeError", "far")]
    [InlineData("(e, c, cb) => cb('text')", "string", "text")]
    [InlineData("(e, c) => c.fail({ code: 1 })", "object", "[object Object]")]
    [InlineData("(e, c) => c.fail()", "string", "handled")]
    [InlineData("async () => { const a = {}; a.a = a; return a; }", "Error", "Unable to stringify response body")]
    [InlineData("async () => 10n", "Error", "Unable to stringify response body")]
    public async Task Invoke_HandlerFails_GivesItsError(string handler, string type, string message)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", $"exports.handler = {handler};"));
        var error = await function.ErrorAsync();
        Assert.Equal(["errorType", "errorMessage", "trace"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal((type, message), (error.GetProperty("errorType").GetString(), error.GetProperty("errorMessage").GetString()));

        // The instance goes on.
        Assert.Equal((type, message), ((await function.ErrorAsync()).GetProperty("errorType").GetString(), message));
    }

    [Fact]
    public async Task Invoke_PromiseNeverSettles_IsAnError()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", "exports.handler = async () => { await new Promise(() => {}); };"));
        Assert.Equal("Runtime.NodeJsExit", (await function.ErrorAsync()).GetProperty("errorType").GetString());
    }

    [Theory]
    [InlineData("Promise.reject(new Error('lost'))", "Runtime.UnhandledPromiseRejection", "Error: lost", 128)]
    [InlineData("setTimeout(() => { throw new Error('thrown'); })", "Error", "thrown", 129)]
    public async Task Invoke_ErrorThatNothingCatches_EndsTheProcess(string statement, string type, string message, int exitCode)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", $"exports.handler = (e, c, cb) => {{ {statement}; }};"));
        var error = await function.ErrorAsync(ends: true);
        Assert.Equal((type, message), (error.GetProperty("errorType").GetString(), error.GetProperty("errorMessage").GetString()));
        Assert.Equal(exitCode, await function.Exited);
    }

    [Fact]
    public async Task Invoke_ProcessExits_SaysSo()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", "exports.handler = async () => process.exit(7);"));
        Assert.Equal(RuntimeOutcomeKind.Exited, (await function.InvokeAsync()).Kind);
        Assert.Equal(7, await function.Exited);
    }

    [Fact]
    public async Task Invoke_EventIsNotJson_IsAnError()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", "exports.handler = async () => 1;"));
        Assert.Equal("SyntaxError", (await function.ErrorAsync("{")).GetProperty("errorType").GetString());
        Assert.Equal(1, (await function.AnswerAsync()).GetInt32());
    }

    [Theory]
    [InlineData("index.none", "exports.handler = 1;", "Runtime.HandlerNotFound", "index.none is undefined or not exported")]
    [InlineData("index.handler", "exports.handler = 1;", "Runtime.HandlerNotFound", "index.handler is not a function")]
    [InlineData("index", "", "Runtime.MalformedHandlerName", "Bad handler")]
    [InlineData("../index.handler", "", "Runtime.MalformedHandlerName", "'../index.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.")]
    [InlineData("other.handler", "", "Runtime.ImportModuleError", "Error: Cannot find module 'other'*")]
    [InlineData("index.handler", "require('missing-package');", "Runtime.ImportModuleError", "Error: Cannot find module 'missing-package'*")]
    [InlineData("index.handler", "let a b;", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected identifier 'b'")]
    [InlineData("index.handler", "throw new Error('no start');", "Error", "no start")]
    [InlineData("index.handler", "exports.handler = () => 1; exports.handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'request';", "Runtime.MalformedStreamingHandler", "Only response streaming is supported.")]
    public async Task Init_CodeCannotBeLoaded_GivesTheReason(string handler, string code, string type, string message)
    {
        await using var function = await BareFunction.StartAsync(Runtime, handler, ("index.js", code));
        var error = function.InitError();
        Assert.Equal(type, error.GetProperty("errorType").GetString());
        var actual = error.GetProperty("errorMessage").GetString()!;
        Assert.Equal(message.TrimEnd('*'), message.EndsWith('*') ? actual[..(message.Length - 1)] : actual);
        Assert.NotEqual(0, await function.Exited);
    }

    [Theory]
    [InlineData("nodejs22.x", InitOutcomeKind.Ready)]
    [InlineData("nodejs24.x", InitOutcomeKind.Error)]
    public async Task Init_HandlerWithCallback_RunsUntilNode22(string runtime, InitOutcomeKind expected)
    {
        await using var function = await BareFunction.StartAsync(runtime, "index.handler", ("index.js", "exports.handler = (e, c, callback) => callback();"));
        Assert.Equal(expected, function.Init.Kind);
        if (expected == InitOutcomeKind.Error)
        {
            Assert.Equal("Runtime.CallbackHandlerDeprecated", function.InitError().GetProperty("errorType").GetString());
        }
    }

    [Fact]
    public async Task Init_ModuleImportsWhatIsMissing_GivesNodesError()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.mjs", "import 'missing-package'; export const handler = 1;"));
        Assert.StartsWith("Cannot find package 'missing-package' imported from ", function.InitError().GetProperty("errorMessage").GetString());
    }

    [Fact]
    public async Task Invoke_SixMegabytesEachWay_Arrive()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", "exports.handler = async (e) => e;"));
        var text = $"\"{new string('é', 3 * 1024 * 1024 - 1)}\"";
        Assert.Equal(text, BareFunction.Text((await function.InvokeAsync(text)).Body));
        Assert.Equal("1", BareFunction.Text((await function.InvokeAsync("1")).Body));
    }

    [Fact]
    public async Task Invoke_AnswerTooLong_IsDroppedAndTheInstanceGoesOn()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", "exports.handler = async (e) => 'x'.repeat(e);"));
        var outcome = await function.InvokeAsync((7 * 1024 * 1024).ToString());
        Assert.Equal((RuntimeOutcomeKind.TooLarge, 7 * 1024 * 1024 + 2L), (outcome.Kind, outcome.SizeBytes));
        Assert.Equal("xxx", (await function.AnswerAsync("3")).GetString());
    }

    [Fact]
    public async Task Invoke_ManyTimes_KeepsItsState()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", ("index.js", "let n = 0; exports.handler = async () => n++;"));
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(i, (await function.AnswerAsync()).GetInt32());
        }
    }
}
