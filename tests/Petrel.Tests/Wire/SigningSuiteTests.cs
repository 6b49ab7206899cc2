using System.Security.Cryptography;
using System.Text;
using Petrel.Wire.Protocols;
using Petrel.Wire.Signing;

namespace Petrel.Tests.Wire;

/// <summary>Every case of AWS's own suite, signed in the header and in the query: canonical request, string to sign, signature.</summary>
public sealed class SigningSuiteTests
{
    public static TheoryData<string> Names => [.. SigningCase.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Header_EveryCase_IsVerified(string name)
    {
        var test = SigningCase.All.Single(c => c.Name == name);
        Check(test, test.HeaderSignedRequest, test.HeaderCanonicalRequest, test.HeaderStringToSign, test.HeaderSignature);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Query_EveryCase_IsVerified(string name)
    {
        var test = SigningCase.All.Single(c => c.Name == name);
        Check(test, test.QuerySignedRequest, test.QueryCanonicalRequest, test.QueryStringToSign, test.QuerySignature);
    }

    private static void Check(SigningCase test, string signedRequest, string canonical, string stringToSign, string expected)
    {
        var request = SigningRequest.Parse(signedRequest);
        Assert.Equal(SignatureProblem.None, RequestSignature.TryRead(request.Headers, request.Query, out var found));
        var signature = found!.Value;
        Assert.Equal(test.Context.Timestamp, signature.Time);
        Assert.Equal(expected.Trim(), signature.Signature.ToString());
        var input = new SigningInput
        {
            Method = request.Method,
            RawPath = request.Path,
            RawQuery = request.Query,
            Headers = request.Headers,
            PayloadHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Body))),
            Path = test.Context.Normalize ? PathRule.Normalised : PathRule.AsIs,
            OmitsToken = test.Context.OmitSessionToken,
        };
        using var buffer = new PooledBuffer();
        CanonicalRequest.Write(buffer, input, signature.SignedHeaders);
        Assert.Equal(canonical, Encoding.UTF8.GetString(buffer.Written.Span));

        var hash = SHA256.HashData(buffer.Written.Span);
        buffer.Clear();
        SignatureVerifier.WriteStringToSign(buffer, signature.TimeText, signature.Scope, hash);
        Assert.Equal(stringToSign, Encoding.UTF8.GetString(buffer.Written.Span));
        Assert.True(SignatureVerifier.Verify(input, signature, test.Context.Credentials.Secret));
        Assert.False(SignatureVerifier.Verify(input, signature, "another secret"));
    }
}
