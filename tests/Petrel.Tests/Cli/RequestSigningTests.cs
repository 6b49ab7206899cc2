using Petrel.Client;
using Petrel.Server.Settings;

namespace Petrel.Tests.Cli;

public sealed class RequestSigningTests
{
    /// <summary>The example of the signing documentation's test suite, "get-vanilla", whose signature is published with it.</summary>
    [Fact]
    public void Sign_PublishedExample_GivesItsSignature()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://example.amazonaws.com/");
        var connection = new Connection(
            new Uri("http://example.amazonaws.com"), "us-east-1", new Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), new PetrelOptions());
        RequestSigning.Sign(request, [], connection, "service", new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
            + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            request.Headers.NonValidated["Authorization"].ToString());
    }
}
