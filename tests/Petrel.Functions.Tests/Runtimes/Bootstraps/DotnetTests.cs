using System.Text.Json;
using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>What the .NET bootstrap does with handlers, their answers, errors and logs.</summary>
public sealed class DotnetTests
{
    private static readonly string Library = Path.Combine(RuntimesUnderTest.Root, "tests/Functions/DotnetLibrary/bin");

    [Theory]
    [InlineData("Plain", """{"customer":"Änn","items":[1,2]}""", """{"customer":"Änn","total":3}""")]
    [InlineData("Static", """{"customer":"Ann","items":[]}""", """{"customer":"Ann","total":0}""")]
    [InlineData("Asynchronous", """{"customer":"Ann","items":[5]}""", """{"customer":"Ann of bare","total":5}""")]
    [InlineData("Value", "41", "42")]
    [InlineData("Nothing", "null", "null")]
    [InlineData("Void", "{}", "null")]
    [InlineData("Raw", """ { "as": "it is" } """, """ { "as": "it is" } """)]
    [InlineData("RawAsynchronous", "\"é\"", "\"É\"")]
    [InlineData("Generic", """{"a":[1],"b":[]}""", """{"a!":[1],"b!":[]}""")]
    [InlineData("Reversed", "abc", "|abc")]
    [InlineData("Int32 Overloaded(Int32)", "3", "3")]
    public async Task Invoke_HandlerOfAnyForm_Answers(string method, string payload, string expected)
    {
        await using var function = await StartAsync(method);
        Assert.Equal(InitOutcomeKind.Ready, function.Init.Kind);
        Assert.Equal(expected, BareFunction.Text((await function.InvokeAsync(payload)).Body));
    }

    [Fact]
    public async Task Invoke_Again_FindsItsInstance()
    {
        await using var function = await StartAsync("Count");
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(i, (await function.AnswerAsync()).GetInt32());
        }
    }

    [Fact]
    public async Task Invoke_Context_HasEverything()
    {
        await using var function = await StartAsync("Context");
        var client = Convert.ToBase64String("""{"custom":{"foo":"bar"},"client":{"app_title":"Shop"}}"""u8);
        var answer = JsonDocument.Parse((await function.InvokeAsync("{}", clientContext: client, traceId: "Root=1")).Body).RootElement;
        Assert.Equal(
            [BareFunction.RequestId, "bare", "$LATEST", "arn:aws:lambda:us-east-1:000000000000:function:bare:live", "/aws/lambda/bare", "stream", "bar", "Shop", "Root=1"],
            ((string[])["requestId", "name", "version", "arn", "group", "stream", "custom", "title", "trace"]).Select(n => answer.GetProperty(n).GetString()));
        Assert.Equal(128, answer.GetProperty("memory").GetInt32());
        Assert.InRange(answer.GetProperty("remaining").GetDouble(), 20, 30);
    }

    [Fact]
    public async Task Invoke_HandlerFails_GivesItsErrorAndCause()
    {
        await using var function = await StartAsync("Fail");
        var error = await function.ErrorAsync("null");
        Assert.Equal(["errorType", "errorMessage", "stackTrace", "cause"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("InvalidOperationException", "Error: some_error_msg"), (error.GetProperty("errorType").GetString(), error.GetProperty("errorMessage").GetString()));
        Assert.StartsWith("at Functions.Handlers.Fail(Order order)", Assert.Single(error.GetProperty("stackTrace").EnumerateArray()).GetString());
        Assert.Equal("inner", error.GetProperty("cause").GetProperty("errorMessage").GetString());
    }

    [Theory]
    [InlineData("FailLater", "null", "InvalidOperationException", "later")]
    [InlineData("Plain", "{", "JsonException", null)]
    public async Task Invoke_FailsInAnyWay_GivesTheError(string method, string payload, string type, string? message)
    {
        await using var function = await StartAsync(method);
        var error = await function.ErrorAsync(payload);
        Assert.Equal((type, message ?? error.GetProperty("errorMessage").GetString()), (error.GetProperty("errorType").GetString(), error.GetProperty("errorMessage").GetString()));
        Assert.Equal(type, (await function.ErrorAsync(payload)).GetProperty("errorType").GetString());
    }

    [Fact]
    public async Task Invoke_ThreadFails_EndsTheProcess()
    {
        await using var function = await StartAsync("Crash");
        Assert.Equal("on a thread", (await function.ErrorAsync(ends: true)).GetProperty("errorMessage").GetString());
        Assert.NotEqual(0, await function.Exited);
    }

    [Fact]
    public async Task Invoke_ProcessExits_SaysSo()
    {
        await using var function = await StartAsync("Exit");
        Assert.Equal(RuntimeOutcomeKind.Exited, (await function.InvokeAsync()).Kind);
        Assert.Equal(9, await function.Exited);
    }

    [Theory]
    [InlineData("DotnetLibrary::Functions.Handlers", "Invalid lambda function handler: 'DotnetLibrary::Functions.Handlers'. The valid format is 'ASSEMBLY::TYPE::METHOD'.")]
    [InlineData("Missing::A::B", "Could not find the specified handler assembly with the file name 'Missing'. The assembly should be located in the root of your uploaded .zip file.")]
    [InlineData("DotnetLibrary::Functions.Missing::B", "Unable to load type 'Functions.Missing' from assembly 'DotnetLibrary'.")]
    [InlineData("DotnetLibrary::Functions.Handlers::None", "Unable to find method 'None' in type 'Functions.Handlers' from assembly 'DotnetLibrary': Found no methods matching method name 'None'.")]
    [InlineData("DotnetLibrary::Functions.Handlers::Overloaded", "The method 'Overloaded' in type 'Functions.Handlers' appears to have a number of overloads.*")]
    [InlineData("DotnetLibrary::Functions.Handlers::GenericMethod", "The method 'T GenericMethod[T](T)' cannot be used as a Lambda Handler because it is a generic method.*")]
    [InlineData("DotnetLibrary::Functions.Handlers::AsyncVoid", "The method 'Void AsyncVoid()' cannot be used as a Lambda Handler because it is an 'async void' method.*")]
    [InlineData("DotnetLibrary::Functions.Handlers::TooMany", "Method 'TooMany' of type 'Functions.Handlers' is not supported: the method has more than 2 parameters.")]
    [InlineData("DotnetLibrary::Functions.Abstract::Handle", "The instance method 'Int32 Handle()' cannot be used as a Lambda Handler because its type 'Functions.Abstract' is abstract.*")]
    public async Task Init_HandlerCannotBeCalled_GivesTheReason(string handler, string message)
    {
        await using var function = await BareFunction.StartInAsync(Library, "dotnet10", handler);
        var error = function.InitError();
        var actual = error.GetProperty("errorMessage").GetString()!;
        Assert.Equal("LambdaValidationException", error.GetProperty("errorType").GetString());
        Assert.Equal(message.TrimEnd('*'), message.EndsWith('*') ? actual[..(message.Length - 1)] : actual);
    }

    [Fact]
    public async Task Init_ConstructorFails_GivesItsError()
    {
        await using var function = await BareFunction.StartInAsync(Library, "dotnet8", "DotnetLibrary::Functions.FailsToStart::Handle");
        var error = function.InitError();
        Assert.Equal(("InvalidOperationException", "no start"), (error.GetProperty("errorType").GetString(), error.GetProperty("errorMessage").GetString()));
    }

    [Fact]
    public async Task Log_Text_HasTimeRequestAndLevel()
    {
        await using var function = await StartAsync("Log");
        await function.InvokeAsync();
        Assert.Equal(
            ["info\tone\0two", "fail\tparts", "warn\tcareful", "fail\torder 7 of Ann", "info\tstatic"],
            (await function.StopAsync()).Select(l => l[(l.IndexOf(BareFunction.RequestId, StringComparison.Ordinal) + BareFunction.RequestId.Length + 1)..]));
    }

    [Fact]
    public async Task Log_Json_IsOneObjectALine()
    {
        await using var function = await StartAsync("Log", new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "ERROR" });
        await function.InvokeAsync();
        var events = (await function.StopAsync()).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(["parts", "order 7 of Ann"], events.Select(e => e.GetProperty("message").GetString()));
        Assert.Equal((7, "Ann", "Error"), (events[1].GetProperty("id").GetInt32(), events[1].GetProperty("customer").GetString(), events[1].GetProperty("level").GetString()));
    }

    [Fact]
    public async Task Invoke_SixMegabytesEachWay_Arrive()
    {
        await using var function = await StartAsync("Raw");
        var bytes = new byte[6 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        Assert.Equal(bytes, (await function.InvokeAsync(bytes)).Body.ToArray());
        Assert.Equal("1"u8.ToArray(), (await function.InvokeAsync("1")).Body.ToArray());
    }

    private static Task<BareFunction> StartAsync(string method, Dictionary<string, string>? environment = null) =>
        BareFunction.StartInAsync(Library, "dotnet10", $"DotnetLibrary::Functions.Handlers::{method}", environment);
}
