using System.Text.Json;
using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>What the Java bootstrap does with handlers, their answers and their errors.</summary>
public sealed class JavaTests
{
    private const string Handlers = "functions.Handlers";

    [Theory]
    [InlineData("::text", "\"é😀\"", "\"É😀\"")]
    [InlineData("::text", "12", "\"12\"")]
    [InlineData("::number", "41", "42")]
    [InlineData("::number", "null", "1")]
    [InlineData("::number", "\"41\"", "42")]
    [InlineData("::boxed", "null", "null")]
    [InlineData("::boxed", "\"\"", "null")]
    [InlineData("::decimal", "1", "1.0")]
    [InlineData("::notANumber", "1", "\"NaN\"")]
    [InlineData("::flag", "true", "false")]
    [InlineData("::sum", "[1, 2, 30000000000]", "30000000003")]
    [InlineData("::sum", "5", "5")]
    [InlineData("::array", "[3,1,2]", "[1,2,3]")]
    [InlineData("::anything", """ {"a":[1,2.50,"x\u0001\u00e9\n",null,true,12345678901234567890,1e3],"b":{},"none":null} """,
        """{"a":[1,2.5,"x\u0001é\n",null,true,12345678901234567890,1000.0],"b":{}}""")]
    [InlineData("::nothing", "\"x\"", "null")]
    [InlineData("::noInput", "{}", "\"no input\"")]
    [InlineData("::onlyContext", "{}", "\"bare\"")]
    [InlineData("::ofClass", "\"x\"", "\"static x\"")]
    [InlineData("::overloaded", "\"x\"", "\"long\"")]
    [InlineData("::bytes", "as it is", "as it is")]
    [InlineData("::bytesWithContext", "1", "bare1")]
    [InlineData("::onlyOutput", "{}", "1")]
    [InlineData("$OrderHandler", """{"customerName":"Ann","positions":[{"article":"pen","count":3}]}""", """{"customer":"Ann","count":3}""")]
    [InlineData("$OrderHandler::handleRequest", """{"customerName":"Ann","positions":{"count":3}}""", """{"customer":"Ann","count":3}""")]
    [InlineData("$Inheriting", """[{"number":7}]""", "7")]
    [InlineData("$Bytes", "as it is", "as it is")]
    [InlineData("::queue", """{"Records":[{"messageId":"m","eventSourceARN":"a","more":{}}]}""", "[\"ma\"]")]
    [InlineData("::file", """{"x-amz-id-2":"i","size":5,"at":1700000000.5,"data":"AQI=","isBase64Encoded":true}""",
        """{"xAmzId2":"i","size":5,"at":1.7000000005E9,"data":"AQI=","isBase64Encoded":true}""")]
    public async Task Invoke_HandlerOfAnyForm_Answers(string handler, string payload, string answer)
    {
        await using var function = await StartAsync(handler);
        Assert.Equal(answer, BareFunction.Text((await function.InvokeAsync(payload)).Body));
    }

    [Fact]
    public async Task Invoke_ValueWithMembersOfEveryKind_IsReadAndWritten()
    {
        await using var function = await StartAsync("::order");
        var order = """
            {"id":"o1","number":7,"customerName":"Ann","URL":"http://x","urgent":true,"price":12.50,"state":"SENT","positions":[{"article":"pen","count":3}],"counts":{"a":[1,2]},"marks":["x"],"made":1700000000000,"changed":1700000000.500000000,"due":[2024,1,31],"note":"n","bytes":"AQI=","sizes":[1.5,2.0],"page":{"items":[{"article":"ink","count":1}]},"anything":{"k":[1.5]}}
            """.Trim();
        var given = order.Replace("[2024,1,31]", "\"2024-01-31\"").Replace("1700000000.500000000", "\"2023-11-14T22:13:20.5Z\"")[..^1] + ""","unknown":{"a":[]},"notSeen":5,"secret":"x"}""";
        Assert.Equal(order, (await function.AnswerAsync(given)).GetRawText());
        Assert.Equal("""{"number":0,"urgent":false,"note":null}""", (await function.AnswerAsync("""{"state":"UNKNOWN","price":""}""")).GetRawText());
    }

    [Fact]
    public async Task Invoke_Context_HasEverything()
    {
        await using var function = await StartAsync("::context");
        var client = Convert.ToBase64String("""{"custom":{"foo":"bär"},"client":{"app_title":"Shop"}}"""u8);
        var answer = JsonDocument.Parse((await function.InvokeAsync("{}", clientContext: client, traceId: "Root=1")).Body).RootElement;
        Assert.Equal(
            [BareFunction.RequestId, "bare", "$LATEST", "arn:aws:lambda:us-east-1:000000000000:function:bare:live", "128", "/aws/lambda/bare", "stream", "Root=1"],
            answer.GetProperty("values").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(("""{"foo":"bär"}""", "Shop", true, true),
            (answer.GetProperty("custom").GetRawText(), answer.GetProperty("title").GetString(), answer.GetProperty("identity").GetBoolean(), answer.GetProperty("logger").GetBoolean()));
        Assert.InRange(answer.GetProperty("remaining").GetInt32(), 20_000, 30_000);
    }

    [Fact]
    public async Task Invoke_HandlerFails_GivesErrorAsLambdaDoes()
    {
        await using var function = await StartAsync("::fails");
        for (var i = 0; i < 2; i++)
        {
            var error = await function.ErrorAsync();
            Assert.Equal(["errorMessage", "errorType", "stackTrace", "cause"], error.EnumerateObject().Select(p => p.Name));
            Assert.Equal(("no", "java.lang.IllegalStateException"), (error.GetProperty("errorMessage").GetString(), error.GetProperty("errorType").GetString()));
            Assert.Matches("^functions.Handlers.fails\\(Handlers.java:\\d+\\)$", Assert.Single(error.GetProperty("stackTrace").EnumerateArray()).GetString());
            Assert.Equal("java.io.IOException", error.GetProperty("cause").GetProperty("errorMessage").GetString());
        }
    }

    [Theory]
    [InlineData("::failsWithoutMessage", "{}", "java.lang.IllegalStateException", "java.lang.IllegalStateException")]
    [InlineData("::circular", "{}", "java.lang.RuntimeException", "An error occurred during JSON serialization of response")]
    [InlineData("::text", "{}", "java.lang.RuntimeException", "An error occurred during JSON parsing")]
    [InlineData("::number", "\"x\"", "java.lang.RuntimeException", "An error occurred during JSON parsing")]
    [InlineData("::anything", "{\"a\":", "java.lang.RuntimeException", "An error occurred during JSON parsing")]
    [InlineData("::order", "[[", "java.lang.RuntimeException", "An error occurred during JSON parsing")]
    [InlineData("::none", "{}", null, "No public method named none with appropriate method signature found on class functions.Handlers")]
    [InlineData("::four", "{}", null, "No public method named four with appropriate method signature found on class functions.Handlers")]
    [InlineData("$Missing::handle", "{}", "java.lang.ClassNotFoundException", "Class not found: functions.Handlers$Missing")]
    [InlineData("$None", "{}", null, "Class does not implement an appropriate handler interface: functions.Handlers$None")]
    [InlineData("$Raw", "{}", null, "Class functions.Handlers$Raw does not implement RequestHandler with concrete type parameters")]
    [InlineData("$NoConstructor::handle", "{}", "java.lang.Exception", "Class functions.Handlers$NoConstructor has no public zero-argument constructor")]
    [InlineData("::", "{}", null, "Invalid handler: `functions.Handlers::'")]
    public async Task Invoke_CannotAnswer_GivesTheReasonAndLives(string handler, string payload, string? type, string message)
    {
        await using var function = await StartAsync(handler);
        for (var i = 0; i < 2; i++)
        {
            var error = await function.ErrorAsync(payload);
            Assert.Equal((type, message), (error.TryGetProperty("errorType", out var t) ? t.GetString() : null, error.GetProperty("errorMessage").GetString()));
        }
    }

    [Theory]
    [InlineData("::overflows", "java.lang.StackOverflowError")]
    [InlineData("::fills", "java.lang.OutOfMemoryError")]
    public async Task Invoke_ErrorOfTheMachine_EndsTheProcess(string handler, string type)
    {
        await using var function = await StartAsync(handler);
        Assert.Equal(type, (await function.ErrorAsync(ends: true)).GetProperty("errorType").GetString());
        Assert.NotEqual(0, await function.Exited);
    }

    [Fact]
    public async Task Invoke_ProcessExits_SaysSo()
    {
        await using var function = await StartAsync("::exits");
        Assert.Equal((RuntimeOutcomeKind.Exited, 9), ((await function.InvokeAsync()).Kind, await function.Exited));
    }

    [Theory]
    [InlineData("$FailsToStart::handle", "java.lang.IllegalStateException", "no start")]
    [InlineData("$FailsToLoad::handle", "java.lang.ExceptionInInitializerError", "Error loading class functions.Handlers$FailsToLoad")]
    public async Task Init_CodeCannotBeLoaded_GivesTheReason(string handler, string type, string message)
    {
        await using var function = await StartAsync(handler);
        var error = function.InitError();
        Assert.Equal((type, message), (error.GetProperty("errorType").GetString(), error.GetProperty("errorMessage").GetString()));
        Assert.NotEqual(0, await function.Exited);
    }

    [Fact]
    public async Task Init_JarsInLib_AreOnTheClassPath()
    {
        var package = Directory.CreateTempSubdirectory("petrel-java-");
        package.CreateSubdirectory("lib");
        JavaFunctions.Run("jar", "-c", "-f", Path.Combine(package.FullName, "lib", "handlers.jar"), "-C", JavaFunctions.Folder, ".");
        await using var function = await BareFunction.StartInAsync(package.FullName, "java17", Handlers + "::text", owned: package);
        Assert.Equal("\"X\"", (await function.AnswerAsync("\"x\"")).GetRawText());
    }

    [Fact]
    public async Task Init_OwnSerializer_IsUsed()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Own.java");
        await File.WriteAllTextAsync(source, """
            package own;
            public class Own implements com.amazonaws.services.lambda.runtime.CustomPojoSerializer {
                @SuppressWarnings("unchecked") public <T> T fromJson(java.io.InputStream input, java.lang.reflect.Type type) { return (T) ("read as " + type.getTypeName()); }
                public <T> T fromJson(String input, java.lang.reflect.Type type) { return null; }
                public <T> void toJson(T value, java.io.OutputStream output, java.lang.reflect.Type type) {
                    try { output.write(value.toString().getBytes()); } catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
                }
                public String handle(String event) { return event; }
            }
            """);
        var folder = JavaFunctions.Compile("own", source);
        var services = Directory.CreateDirectory(Path.Combine(folder, "META-INF/services"));
        await File.WriteAllTextAsync(Path.Combine(services.FullName, "com.amazonaws.services.lambda.runtime.CustomPojoSerializer"), "own.Own\n");
        await using var function = await BareFunction.StartInAsync(folder, "java17", "own.Own::handle");
        Assert.Equal("read as java.lang.String", BareFunction.Text((await function.InvokeAsync()).Body));
    }

    [Fact]
    public async Task Init_ToolOptions_WinOverTheDefaults()
    {
        await using var function = await StartAsync("::environment", new() { ["X"] = "x", ["JAVA_TOOL_OPTIONS"] = "-Xmx64m -XX:+UseParallelGC -Dmark=yes" });
        var answer = await function.AnswerAsync();
        Assert.InRange(answer[4].GetInt32(), 50, 64);
        Assert.Equal("yes", answer[5].GetString());
    }

    [Theory]
    [InlineData("java17")]
    [InlineData("java21")]
    public async Task Assign_ProcessThatWasUpBefore_BecomesTheFunction(string runtime)
    {
        var environment = new Dictionary<string, string> { ["X"] = "é", ["TZ"] = ":Asia/Tokyo" };
        await using var function = await BareFunction.StartInAsync(JavaFunctions.Folder, runtime, Handlers + "::environment", environment, before: true);
        var answer = await function.AnswerAsync();
        Assert.Equal("""["é",true,"Asia/Tokyo","é",""", answer.GetRawText()[..27]);
    }

    [Fact]
    public async Task Invoke_InterruptedThread_IsNotSeenByTheNext()
    {
        await using var function = await StartAsync("::interrupts");
        Assert.Equal("null", (await function.AnswerAsync()).GetRawText());
        Assert.Equal("null", (await function.AnswerAsync()).GetRawText());
    }

    [Fact]
    public async Task Invoke_SixMegabytesEachWay_Arrive()
    {
        await using var function = await StartAsync("::bytes");
        var bytes = new byte[6 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        Assert.Equal(bytes, (await function.InvokeAsync(bytes)).Body.ToArray());
        Assert.Equal("1"u8.ToArray(), (await function.InvokeAsync("1")).Body.ToArray());
    }

    [Fact]
    public async Task Invoke_ManyTimes_KeepsItsState()
    {
        await using var function = await StartAsync("::count");
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(i, (await function.AnswerAsync()).GetInt32());
        }
    }

    [Theory]
    [InlineData("java8.al2")]
    [InlineData("java11")]
    [InlineData("java17")]
    [InlineData("java21")]
    [InlineData("java25")]
    public async Task Invoke_EveryIdentifier_Runs(string runtime)
    {
        await using var function = await BareFunction.StartInAsync(JavaFunctions.Folder, runtime, Handlers + "$OrderHandler");
        Assert.Equal("""{"customer":"Ann","count":3}""", (await function.AnswerAsync("""{"customerName":"Ann","positions":[{"article":"pen","count":3}]}""")).GetRawText());
    }

    private static Task<BareFunction> StartAsync(string handler, Dictionary<string, string>? environment = null) =>
        BareFunction.StartInAsync(JavaFunctions.Folder, "java17", Handlers + handler, environment);
}
