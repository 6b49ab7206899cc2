using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Testing;
using Petrel.Wire.Signing;

namespace Petrel.Conformance.Lambda;

/// <summary>What boto3 is told when a budget is used up, and what the daemon's own interface says of usage.</summary>
public sealed class BudgetTests(Daemon daemon)
{
    private const string Echo = "def handler(event, context):\n    return event\n";

    private readonly Client _lambda = daemon.NewBoto();

    [Fact]
    public async Task Invoke_BudgetUsedUp_IsThrottledWithItsReason()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        await CallAsync(HttpMethod.Put, "budgets", """{"function":"f","unit":"invocations","per":"month","limit":2}""");
        await _lambda.InvokeAsync("f");
        await _lambda.InvokeAsync("f");
        var error = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync("f"));
        Assert.Equal(("TooManyRequestsException", 429), (error.Code, error.Status));
        Assert.Equal("FunctionBudgetExceeded", error.Response.Text("Reason"));
        Assert.Equal("User", error.Response.Text("Type"));
        Assert.StartsWith("Rate Exceeded. The budget of function f (2 invocations a month) is used up", error.Text, StringComparison.Ordinal);

        await CallAsync(HttpMethod.Put, "budgets", """{"function":"f","unit":"invocations","per":"month","limit":3}""");
        Assert.Equal("{}", (await _lambda.InvokeAsync("f")).Text("Payload"));
        await CallAsync(HttpMethod.Put, "budgets", """{"function":null,"unit":"invocations","per":"day","limit":0}""");
        await CallAsync(HttpMethod.Delete, "budgets?function=f", null);
        error = await Assert.ThrowsAsync<ClientException>(() => _lambda.InvokeAsync("f"));
        Assert.Equal("AccountBudgetExceeded", error.Response.Text("Reason"));
    }

    [Fact]
    public async Task Event_BudgetUsedUp_WaitsUntilItIsRaised()
    {
        await _lambda.CreatePythonAsync("f", Echo);
        await CallAsync(HttpMethod.Put, "budgets", """{"function":"f","unit":"invocations","per":"month","limit":0}""");
        await _lambda.CallAsync("invoke", new { FunctionName = "f", InvocationType = "Event" });
        await Eventually.IsTrueAsync(() => Counts().GetProperty("budgetRefusals").GetInt64() > 0);
        await CallAsync(HttpMethod.Delete, "budgets", null);
        await Eventually.IsTrueAsync(() => Counts().GetProperty("invocations").GetInt64() == 1);
    }

    [Fact]
    public async Task Usage_OfARealFunction_IsWhatItsReportSays()
    {
        await _lambda.CreatePythonAsync("f", "import time\ndef handler(event, context):\n    time.sleep(0.02)\n    if event: raise ValueError('no')\n    return 'x' * 1000\n");
        await _lambda.InvokeAsync("f");
        await _lambda.InvokeAsync("f", """{"a":1}""");
        var counts = Counts();
        Assert.Equal((2, 1, 1), (counts.GetProperty("invocations").GetInt64(), counts.GetProperty("errors").GetInt64(), counts.GetProperty("coldStarts").GetInt64()));
        Assert.InRange(counts.GetProperty("billedMs").GetInt64(), 40, 60_000);
        Assert.Equal(counts.GetProperty("billedMs").GetInt64() * counts.GetProperty("memoryMb").GetInt64() / 1_024_000m, counts.GetProperty("gbSeconds").GetDecimal());
        Assert.Equal(9, counts.GetProperty("bytesIn").GetInt64());
        Assert.True(counts.GetProperty("bytesOut").GetInt64() > 1_000);
        Assert.True(counts.GetProperty("cpuMs").GetDecimal() > 0);
        Assert.InRange(counts.GetProperty("peakMemoryMb").GetInt64(), 1, 128);
        var activity = (await CallAsync(HttpMethod.Get, "activity?function=f", null)).GetProperty("detail");
        Assert.Equal("ValueError", activity.GetProperty("failures")[0].Text("type"));
        Assert.True(activity.GetProperty("lastStart").GetProperty("parts").GetArrayLength() > 0);
    }

    private JsonElement Counts() => CallAsync(HttpMethod.Get, "usage", null).GetAwaiter().GetResult().GetProperty("total").GetProperty("counts");

    private async Task<JsonElement> CallAsync(HttpMethod method, string page, string? json)
    {
        var body = Encoding.UTF8.GetBytes(json ?? "");
        using var request = new HttpRequestMessage(method, new Uri(daemon.Endpoint, "/_petrel/" + page)) { Content = json is null ? null : new ByteArrayContent(body) };
        var now = TimeProvider.System.GetUtcNow();
        var stamp = now.UtcDateTime.ToString(RequestSigner.TimeFormat, CultureInfo.InvariantCulture);
        var input = new SigningInput
        {
            Method = method.Method,
            RawPath = request.RequestUri!.AbsolutePath,
            RawQuery = request.RequestUri.Query.TrimStart('?'),
            Headers = new HeaderDictionary { ["host"] = request.RequestUri.Authority, ["x-amz-date"] = stamp },
            PayloadHash = Convert.ToHexStringLower(SHA256.HashData(body)),
        };
        request.Headers.Add("x-amz-date", stamp);
        request.Headers.TryAddWithoutValidation(
            "Authorization", RequestSigner.Authorize(input, _lambda.Account, "test", Daemon.Region, "petrel", now, ["host", "x-amz-date"]));
        using var answer = await daemon.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
