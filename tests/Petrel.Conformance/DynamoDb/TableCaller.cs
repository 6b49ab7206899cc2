using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Petrel.Wire.Signing;

namespace Petrel.Conformance.DynamoDb;

/// <summary>What a server said: its status, and the body as JSON.</summary>
internal sealed record TableAnswer(HttpStatusCode Status, JsonNode? Body)
{
    /// <summary>The error's name without what stands before it: <c>ValidationException</c>.</summary>
    public string? Error => Body?["__type"]?.GetValue<string>().Split('#')[^1];

    public override string ToString() => $"{(int)Status} {Body?.ToJsonString() ?? "null"}";
}

/// <summary>
/// Sends requests to tables as they are written, signed: a client library would refuse half of the wrong ones before they are sent.
/// </summary>
internal sealed class TableCaller(HttpClient http, Uri endpoint, string account)
{
    /// <param name="operation">Such as <c>GetItem</c>.</param>
    public async Task<TableAnswer> SendAsync(string operation, string body, string targetPrefix = "DynamoDB_20120810")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var target = $"{targetPrefix}.{operation}";
        var now = TimeProvider.System.GetUtcNow();
        var date = now.UtcDateTime.ToString(RequestSigner.TimeFormat, CultureInfo.InvariantCulture);
        var input = new SigningInput
        {
            Method = "POST",
            RawPath = "/",
            RawQuery = "",
            Headers = new HeaderDictionary { ["host"] = endpoint.Authority, ["x-amz-date"] = date, ["x-amz-target"] = target },
            PayloadHash = Convert.ToHexStringLower(SHA256.HashData(bytes)),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.0") } };
        request.Headers.Add("X-Amz-Target", target);
        request.Headers.Add("X-Amz-Date", date);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            RequestSigner.Authorize(input, account, "test", Daemon.Region, "dynamodb", now, ["host", "x-amz-date", "x-amz-target"]));
        using var answer = await http.SendAsync(request);
        return new TableAnswer(answer.StatusCode, Parse(await answer.Content.ReadAsStringAsync()));
    }

    public Task<TableAnswer> SendAsync(string operation, object body) => SendAsync(operation, JsonSerializer.Serialize(body));

    /// <summary>Waits until a table that was just made or changed takes items.</summary>
    public async Task WaitUntilActiveAsync(string table)
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            var answer = await SendAsync("DescribeTable", new { TableName = table });
            var indexes = answer.Body?["Table"]?["GlobalSecondaryIndexes"]?.AsArray() ?? [];
            if (answer.Body?["Table"]?["TableStatus"]?.GetValue<string>() is null or "ACTIVE"
                && indexes.All(i => i!["IndexStatus"]!.GetValue<string>() == "ACTIVE"))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        Assert.Fail($"{table} does not become active.");
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text is "" or "\"\"" ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
