using System.Net;
using System.Text;

namespace Petrel.Tests.Edge;

public sealed class RestXmlTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    [Fact]
    public async Task List_FlattenedList_RepeatsItsElement()
    {
        var answer = await edge.SendAsync("s3", HttpMethod.Get, "/bucket?list-type=2&prefix=p%2F", "");
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</Name>"
            + "<Contents><Key>p/a&amp;b</Key><Size>5</Size><LastModified>1970-01-01T00:00:00Z</LastModified></Contents>"
            + "<Contents><Key>c</Key><Size>6</Size><LastModified>1970-01-01T00:00:00Z</LastModified></Contents></ListBucketResult>",
            answer.Text);
        Assert.True(Guid.TryParse(answer.Header("x-amz-request-id"), out _));
    }

    [Fact]
    public async Task Put_PayloadRecord_GoesBothWays()
    {
        const string Sent = "<t:Tagging xmlns:t=\"u\"><t:TagSet><t:Tag><t:Key>k</t:Key><t:Value>v</t:Value></t:Tag></t:TagSet></t:Tagging>";
        var answer = await edge.SendAsync("s3", HttpMethod.Put, "/bucket?tagging", Sent);
        Assert.EndsWith("<TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>", answer.Text);
    }

    [Theory]
    [InlineData("<Tagging><TagSet>")]
    [InlineData("not xml")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Tagging><TagSet>&e;</TagSet></Tagging>")]
    public async Task Put_MalformedXml_Is400(string body)
    {
        var answer = await edge.SendAsync("s3", HttpMethod.Put, "/bucket?tagging", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("<Code>MalformedXML</Code>", answer.Text);
    }

    [Fact]
    public async Task Put_Stream_ReachesTheService()
    {
        var answer = await edge.SendAsync("s3", HttpMethod.Put, "/bucket/a//b/c", "content");
        Assert.Equal("\"a//b/c:content\"", answer.Header("ETag"));
    }

    [Fact]
    public async Task Get_Unsigned_IsAnonymousAndDecidedByPolicies()
    {
        var answer = await edge.SendAsync(null, HttpMethod.Get, "/bucket?list-type=2", []);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await edge.SendAsync(null, HttpMethod.Get, "/secret?list-type=2", [])).Status);
    }

    [Fact]
    public async Task Error_OfTheObjectStore_HasItsForm()
    {
        var answer = await edge.SendAsync(new SignedClient("s3", Secret: "wrong"), HttpMethod.Get, "/bucket?list-type=2", Encoding.UTF8.GetBytes(""));
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>", answer.Text);
    }
}
