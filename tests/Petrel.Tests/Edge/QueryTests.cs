using System.Net;

namespace Petrel.Tests.Edge;

public sealed class QueryTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    [Fact]
    public async Task Create_AllMembers_ComesBackInXml()
    {
        var answer = await PostAsync(
            "Action=CreateUser&Version=2010-05-08&UserName=me&Path=%2Fa%26b%2F&Tags.member.1.Key=k&Tags.member.1.Value=v+w&Tags.member.2.Key=l"
            + "&Tags.member.2.Value=&Names.member.2=two&Names.member.1=one&Attributes.entry.1.key=x&Attributes.entry.1.value=y&Flat.1=f&Flat.2=g"
            + "&Since=2023-11-14T22%3A13%3A20Z&Count=3&Force=true");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("text/xml", answer.Header("Content-Type"));
        Assert.Equal(
            "<CreateUserResponse xmlns=\"https://toy.amazonaws.com/doc/2010-05-08/\"><CreateUserResult><User><UserName>me</UserName>"
            + "<Path>/a&amp;b/</Path><Tags><member><Key>k</Key><Value>v w</Value></member><member><Key>l</Key><Value></Value></member></Tags>"
            + "<Names><member>one</member><member>two</member></Names><Attributes><entry><key>x</key><value>y</value></entry></Attributes>"
            + "<Flat>f</Flat><Flat>g</Flat><Since>2023-11-14T22:13:20Z</Since><Count>3</Count><Force>true</Force></User></CreateUserResult>"
            + $"<ResponseMetadata><RequestId>{answer.Header("x-amzn-RequestId")}</RequestId></ResponseMetadata></CreateUserResponse>",
            answer.Text);
    }

    [Fact]
    public async Task Create_EmptyList_IsAnEmptyList()
    {
        var answer = await PostAsync("Action=CreateUser&UserName=me&Tags=");
        Assert.Contains("<Tags></Tags>", answer.Text);
    }

    [Theory]
    [InlineData("Action=CreateUser", 400, "ValidationError", "1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null")]
    [InlineData("Action=CreateUser&UserName=a&Tags.member.1.Key=12345&Tags.member.1.Value=", 400, "ValidationError", "1 validation error detected: Value '12345' at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 4")]
    [InlineData("Action=CreateUser&UserName=a&Count=x", 400, "MalformedQueryString", "'x' can not be converted to an Integer")]
    [InlineData("Action=CreateUser&UserName=%zz", 400, "MalformedQueryString", "A percent sign is not followed by two hexadecimal digits.")]
    [InlineData("Action=DeleteUser&UserName=taken", 409, "ToyConflictException", "In &lt;use&gt;.")]
    [InlineData("Action=FeedAll", 501, "NotImplemented", "Petrel does not implement toyquery:FeedAll.")]
    [InlineData("Action=Whatever", 501, "NotImplemented", "Petrel does not implement toyquery:Whatever.")]
    [InlineData("UserName=me", 400, "MissingAction", "The request must contain the parameter Action.")]
    public async Task Post_Wrong_IsAnErrorInXml(string form, int status, string code, string message)
    {
        var answer = await PostAsync(form);
        Assert.Equal(status, (int)answer.Status);
        Assert.Contains($"<Code>{code}</Code><Message>{message}</Message>", answer.Text);
        Assert.StartsWith("<ErrorResponse xmlns=\"https://toy.amazonaws.com/doc/2010-05-08/\"><Error><Type>", answer.Text);
    }

    [Fact]
    public async Task Delete_NoResult_HasOnlyMetadata()
    {
        var answer = await PostAsync("Action=DeleteUser&UserName=me");
        Assert.StartsWith("<DeleteUserResponse xmlns=\"https://toy.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata><RequestId>", answer.Text);
    }

    [Fact]
    public async Task Post_UnknownService_Is501NamingItAndTheOperation()
    {
        var answer = await edge.SendAsync("sns", HttpMethod.Post, "/", "Action=ListTopics", Form);
        Assert.Equal(HttpStatusCode.NotImplemented, answer.Status);
        Assert.Contains("Petrel does not implement sns:ListTopics.", answer.Text);
    }

    [Fact]
    public async Task Get_ActionInTheQuery_IsServed()
    {
        var answer = await edge.SendAsync("toyquery", HttpMethod.Get, "/?Action=DeleteUser&UserName=me&Version=2010-05-08", "");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    private Task<Answer> PostAsync(string form) => edge.SendAsync("toyquery", HttpMethod.Post, "/", form, Form);

    private static void Form(HttpRequestMessage request) => request.Content!.Headers.ContentType = new("application/x-www-form-urlencoded");
}
