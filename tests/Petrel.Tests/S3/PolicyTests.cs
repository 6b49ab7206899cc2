using System.Text;
using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Forms;
using Petrel.Server.Services.S3.Model;
using Petrel.Wire;

namespace Petrel.Tests.S3;

/// <summary>Bucket policies, ACLs, CORS rules and forms' policies, as pure decisions.</summary>
public sealed class PolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}""", true)]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:*","Resource":"arn:aws:s3:::b"}""", true)]
    [InlineData("""{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}""", false)]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::b"}""", false)]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}""", false)]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b","Condition":{"StringLike":{"aws:userid":"*"}}}""", true)]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}""", true)]
    public void IsPublic_Statement_IsJudgedAsDocumented(string statement, bool expected)
    {
        var policy = $$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""";
        BucketPolicies.Check(policy, "b");
        Assert.Equal(expected, BucketPolicies.IsPublic(policy));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"arn:aws:s3:::b"}]}""")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*"}]}""")]
    public void Check_BadBucketPolicy_IsMalformed(string policy) =>
        Assert.Equal("MalformedPolicy", Assert.Throws<S3Exception>(() => BucketPolicies.Check(policy, "b")).Code);

    [Fact]
    public void PolicyFor_AclOfEverybody_BecomesAStatementUnlessItIsIgnored()
    {
        var call = new CallContext
        {
            Account = "111122223333",
            Region = "us-east-1",
            Caller = Principal.Anonymous,
            RequestId = "r",
            Endpoint = new Uri("http://localhost"),
        };
        var bucket = new BucketState { Id = 1, Name = "b", Account = "111122223333", Region = "us-east-1", CreatedMs = 0, Ownership = "BucketOwnerPreferred" };
        IReadOnlyList<AclGrant> acl = [new AclGrant("READ", Group: AclGrant.AllUsers)];
        Assert.Contains("s3:GetObject", BucketAccess.PolicyFor(bucket, acl, call), StringComparison.Ordinal);
        Assert.Null(BucketAccess.PolicyFor(bucket with { PublicAccess = PublicAccess.Blocked }, acl, call));
        Assert.Null(BucketAccess.PolicyFor(bucket with { Ownership = null }, acl, call));
        var shut = bucket with { Policy = "{\"Statement\":[]}", HasPublicPolicy = true, PublicAccess = PublicAccess.Blocked };
        Assert.Null(BucketAccess.PolicyFor(shut, null, call));
        Assert.NotNull(BucketAccess.PolicyFor(shut, null, call with { Caller = Principal.Root("111122223333") }));
    }

    [Theory]
    [InlineData("https://a.example.com", "PUT", "x-amz-meta-a", true)]
    [InlineData("https://example.com", "PUT", "", false)]
    [InlineData("http://a.example.com", "PUT", "", false)]
    [InlineData("https://a.example.com", "DELETE", "", false)]
    [InlineData("https://a.example.com", "PUT", "authorization", false)]
    public void FindRule_Request_IsMatchedWithItsWildcards(string origin, string method, string header, bool expected)
    {
        var rule = new CORSRule(AllowedOrigins: ["https://*.example.com"], AllowedMethods: ["GET", "PUT"], AllowedHeaders: ["x-amz-*"]);
        Assert.Equal(expected, CorsRules.Find([rule], origin, method, header.Length == 0 ? [] : [header]) is not null);
    }

    [Theory]
    [InlineData("""["eq","$key","k"]""", null)]
    [InlineData("""{"key":"k"}""", null)]
    [InlineData("""["starts-with","$key",""]""", null)]
    [InlineData("""["starts-with","$key","x"]""", "Invalid according to Policy: Policy Condition failed: [\"starts-with\", \"$key\", \"x\"]")]
    [InlineData("""["content-length-range",1,2]""", "Invalid according to Policy: Extra input fields: key")]
    public void Form_Condition_IsChecked(string condition, string? refusal)
    {
        var policy = FormPolicy.Parse(Encode($$"""{"expiration":"2026-01-31T11:00:00Z","conditions":[{{condition}}]}"""), Now);
        var fields = new Dictionary<string, string> { ["key"] = "k", ["policy"] = "p", ["x-ignore-me"] = "" };
        if (refusal is null)
        {
            policy.Check(fields);
        }
        else
        {
            Assert.Equal(refusal, Assert.Throws<S3Exception>(() => policy.Check(fields)).Message);
        }
    }

    [Theory]
    [InlineData("""{"expiration":"2026-01-31T09:00:00Z","conditions":[]}""", "AccessDenied")]
    [InlineData("""{"conditions":[]}""", "InvalidPolicyDocument")]
    [InlineData("""{"expiration":"2026-01-31T11:00:00Z"}""", "InvalidPolicyDocument")]
    [InlineData("""{"expiration":"2026-01-31T11:00:00Z","conditions":[["frob","$a","b"]]}""", "InvalidPolicyDocument")]
    [InlineData("nothing", "InvalidPolicyDocument")]
    public void Form_BadPolicy_IsRefused(string policy, string code) =>
        Assert.Equal(code, Assert.Throws<S3Exception>(() => FormPolicy.Parse(Encode(policy), Now)).Code);

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
