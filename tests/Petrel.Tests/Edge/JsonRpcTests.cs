using System.Net;

namespace Petrel.Tests.Edge;

public sealed class JsonRpcTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    [Fact]
    public async Task Put_Lines_AnswersInCamelCase()
    {
        var answer = await PostAsync("PutLines", """{"groupName":"g","lines":[{"message":"m","timestamp":1700000000123}]}""");
        Assert.Equal("""{"count":1,"first":1700000000.123}""", answer.Text);
        Assert.Equal("application/x-amz-json-1.1", answer.Header("Content-Type"));
    }

    [Fact]
    public async Task Clear_NoResult_HasNoBody()
    {
        var answer = await PostAsync("Clear", "{}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(answer.Text);
    }

    [Theory]
    [InlineData("""{"groupName":"g","lines":[{"message":"","timestamp":1}]}""", "1 validation error detected: Value '' at 'lines.1.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("""{"groupName":"g","lines":[]}""", "1 validation error detected: Value '[]' at 'lines' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("""{"groupName":"g","lines":[null]}""", "1 validation error detected: Value '[null]' at 'lines' failed to satisfy constraint: Member must satisfy constraint: [Member must not be null]; Value '[]' at 'lines' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    public async Task Put_BrokenLimit_IsValidationException(string body, string message)
    {
        var answer = await PostAsync("PutLines", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("ValidationException", (string?)answer.Json["__type"]);
        Assert.Equal(message.Replace("1 validation error d", answer.Text.Contains("2 validation", StringComparison.Ordinal) ? "2 validation errors d" : "1 validation error d", StringComparison.Ordinal), (string?)answer.Json["message"]);
    }

    [Theory]
    [InlineData("Toy_20200101.Fly", 501, "Petrel does not implement toylogs:Fly.")]
    [InlineData("DynamoDB_20120810.ListTables", 501, "Petrel does not implement toylogs:ListTables.")]
    [InlineData("nonsense", 501, "Petrel does not implement toylogs:nonsense.")]
    public async Task Post_UnknownTarget_Is501ByName(string target, int status, string message)
    {
        var answer = await edge.SendAsync("toylogs", HttpMethod.Post, "/", "{}", r => r.Headers.TryAddWithoutValidation("X-Amz-Target", target));
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(message, (string?)answer.Json["message"]);
        Assert.Equal("NotImplemented", (string?)answer.Json["__type"]);
    }

    private Task<Answer> PostAsync(string operation, string body) => edge.SendAsync("toylogs", HttpMethod.Post, "/", body, request =>
    {
        request.Headers.Add("X-Amz-Target", $"Toy_20200101.{operation}");
        request.Content!.Headers.ContentType = new("application/x-amz-json-1.1");
    });
}
