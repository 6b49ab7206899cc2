using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Petrel.Wire;

namespace Petrel.Tests.Edge;

public sealed class RestJsonTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    [Fact]
    public async Task Create_AllMembers_ComesBackAsSent()
    {
        const string Sent = """
            {"Name":"x","Size":3,"Weight":5000000000,"Loud":true,"Ratio":0.5,"Colour":"Green","Letters":["a","b"],
            "Parts":[{"Id":"p","Inner":{"Id":"q"}}],"Tags":{"k":"v"},"PartsByName":{"n":{"Id":"z"}},"Blob":"AQI=","When":1700000000.5,
            "Document":{"any":[1,null]},"Numbers":[1,2],"Unknown":{"is":["passed",{"over":1}]}}
            """;
        var answer = await edge.SendAsync("toy", HttpMethod.Post, "/2020/things", Sent);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var expected = JsonNode.Parse(Sent)!.AsObject();
        expected.Remove("Unknown");
        expected["Modified"] = "2023-11-14T22:13:20.500+0000";
        Assert.True(JsonNode.DeepEquals(expected, answer.Json), answer.Text);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.True(Guid.TryParse(answer.Header("x-amzn-RequestId"), out _));
    }

    [Theory]
    [InlineData("""{"Name":""}""", "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z0-9-_]+")]
    [InlineData("""{}""", "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null")]
    [InlineData("", "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null")]
    [InlineData("""{"Name":"a","Size":0}""", "1 validation error detected: Value '0' at 'size' failed to satisfy constraint: Member must have value greater than or equal to 1")]
    [InlineData("""{"Name":"a","Letters":["a","c"]}""", "1 validation error detected: Value '[a, c]' at 'letters' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [a, b], Member must not be null]")]
    [InlineData("""{"Name":"a","Parts":[{"Id":"x"},{"Id":"12345"}]}""", "1 validation error detected: Value '12345' at 'parts.2.member.id' failed to satisfy constraint: Member must have length less than or equal to 4")]
    [InlineData("""{"Name":"a","Parts":[{}]}""", "1 validation error detected: Value null at 'parts.1.member.id' failed to satisfy constraint: Member must not be null")]
    [InlineData("""{"Name":"a","PartsByName":{"k":{"Id":"p","Inner":{"Id":""}}}}""", "1 validation error detected: Value '' at 'partsByName.k.member.inner.id' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("""{"Name":"a","PartLists":{"k":[{"Id":"p"},{"Id":"q","Inner":{}}]}}""", "1 validation error detected: Value null at 'partLists.k.member.2.member.inner.id' failed to satisfy constraint: Member must not be null")]
    [InlineData("""{"Name":"a","Colour":"Blue"}""", "1 validation error detected: Value 'Blue' at 'colour' failed to satisfy constraint: Member must satisfy enum value set: [Red, Green]")]
    public async Task Create_BrokenLimit_IsValidationException(string body, string message)
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Post, "/2020/things", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("ValidationException", answer.Header("x-amzn-ErrorType"));
        Assert.Equal(message, (string?)answer.Json["message"]);
    }

    [Theory]
    [InlineData("""{"Name":1}""", "NUMBER_VALUE can not be converted to a String")]
    [InlineData("""{"Name":"a","Size":"3"}""", "STRING_VALUE can not be converted to an Integer")]
    [InlineData("""{"Name":"a","Size":3000000000}""", "NUMBER_VALUE can not be converted to an Integer")]
    [InlineData("""{"Name":"a","Parts":{}}""", "Start of structure or map found where not expected.")]
    [InlineData("""{"Name":"a","Tags":[]}""", "Start of list found where not expected")]
    [InlineData("""{"Name":"a","Blob":"%%"}""", "The value is not valid base64.")]
    [InlineData("""[]""", "Start of list found where not expected")]
    [InlineData("""{"Name":"a"} x""", null)]
    [InlineData("""{"Name":""", null)]
    [InlineData("""{"Name":"\ud800"}""", null)]
    public async Task Create_WrongType_IsSerializationException(string body, string? message)
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Post, "/2020/things", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("SerializationException", answer.Header("x-amzn-ErrorType"));
        Assert.Equal(message ?? (string?)answer.Json["message"], (string?)answer.Json["message"]);
    }

    [Fact]
    public async Task Create_ServiceFails_WritesItsErrorWithMembers()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Post, "/2020/things", """{"Name":"taken"}""");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal("ToyConflictException", answer.Header("x-amzn-ErrorType"));
        Assert.Equal("""{"Type":"User","Retry":3,"message":"There is one already."}""", answer.Text);
    }

    [Fact]
    public async Task Create_ServiceBreaks_TellsNothingButAnId()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Post, "/2020/things", """{"Name":"broken"}""");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("InternalFailure", answer.Header("x-amzn-ErrorType"));
        Assert.DoesNotContain("secret", answer.Text);
        Assert.True(Guid.TryParse(answer.Header("x-amzn-RequestId"), out _));
    }

    [Fact]
    public async Task Get_EncodedLabel_IsDecodedAndCallCarriesIdentity()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Get, "/2020/things/a%3Ab%2Fc?Qualifier=%24LATEST", "");
        Assert.Equal($"a:b/c|$LATEST|000000000000|eu-west-1|arn:aws:iam::000000000000:root|{edge.Host.Endpoint}", (string?)answer.Json["Name"]);
    }

    [Fact]
    public async Task List_QueryLiteral_TellsOperationsApartAndListsCollect()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Get, "/2020/things?list=all&tag=x&tag=y%20z&other=1", "");
        Assert.Equal("""{"Names":["x","y z"],"Others":{"list":"all","other":"1"}}""", answer.Text);
    }

    [Fact]
    public async Task Put_HeadersAndPayload_GoBothWays()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Put, "/2020/files/b/some/long%20key/", "raw bytes", request =>
        {
            request.Headers.Add("X-Toy-Meta-One", "1");
            request.Headers.Add("X-Toy-Since", "Tue, 14 Nov 2023 22:13:20 GMT");
        });
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("raw bytes", answer.Text);
        Assert.Equal("b|some/long key/", answer.Header("X-Toy-Path"));
        Assert.Equal("1", answer.Header("X-Toy-Meta-one"));
        Assert.Equal("Tue, 14 Nov 2023 22:13:20 GMT", answer.Header("X-Toy-Since"));
    }

    [Fact]
    public async Task Delete_NoResult_AnswersItsStatusWithoutBody()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Delete, "/2020/files/b/k", "");
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Empty(answer.Text);
    }

    [Theory]
    [InlineData("DELETE", "/2020/things/x", "Petrel does not implement toy:DeleteThing.")]
    [InlineData("PATCH", "/2020/things/x", "Petrel does not implement toy:PATCH /2020/things/x.")]
    [InlineData("GET", "/1999/else", "Petrel does not implement toy:GET /1999/else.")]
    public async Task Unknown_Operation_Is501ByName(string method, string path, string message)
    {
        var answer = await edge.SendAsync("toy", new HttpMethod(method), path, "");
        Assert.Equal(HttpStatusCode.NotImplemented, answer.Status);
        Assert.Equal(message, (string?)answer.Json["message"]);
    }

    [Fact]
    public async Task Put_BodyOverLimit_Is413ByName()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Put, "/2020/files/b/k", new string('x', 1_000_001));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("Request must be smaller than 1000000 bytes for the PutFile operation", (string?)answer.Json["message"]);
        Assert.Equal(HttpStatusCode.Accepted, (await edge.SendAsync("toy", HttpMethod.Put, "/2020/files/b/k", new string('x', 1_000_000))).Status);
    }

    [Fact]
    public async Task Access_DeniedResource_Is403()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Get, "/2020/things/secret", "");
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal(
            "arn:aws:iam::000000000000:root may not toy:GetThing on arn:aws:toy:eu-west-1:000000000000:thing:secret", (string?)answer.Json["message"]);
    }

    [Fact]
    public async Task Watch_Events_AreFramed()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Post, "/2020/things/x/watch", """{"Count":2}""");
        Assert.Equal("application/vnd.amazon.eventstream", answer.Header("Content-Type"));
        var frames = EventFrames.Read(answer.Bytes);
        Assert.Equal(["Chunk", "Chunk", "Done"], frames.Select(f => f.Headers[":event-type"]));
        Assert.Equal("chunk 1", Encoding.UTF8.GetString(frames[1].Payload));
        Assert.Equal("""{"Reason":"all"}""", Encoding.UTF8.GetString(frames[2].Payload));
    }

    [Fact]
    public async Task Watch_ServiceFailsInBetween_EndsWithAnExceptionFrame()
    {
        var answer = await edge.SendAsync("toy", HttpMethod.Post, "/2020/things/taken/watch", """{"Count":1}""");
        var last = EventFrames.Read(answer.Bytes)[^1];
        Assert.Equal("exception", last.Headers[":message-type"]);
        Assert.Equal("ToyConflictException", last.Headers[":exception-type"]);
    }
}
