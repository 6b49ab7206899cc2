using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Model.Policies;

namespace Petrel.Tests.Iam.Policies;

public sealed class PolicyParserTests
{
    [Theory]
    [InlineData("", "Syntax errors in policy.")]
    [InlineData("[]", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2012-10-17"}""", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2012-10-17","Statement":[]}""", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2012-10-17","Statement":[],"More":1}""", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2020-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""", "Policy document must be version 2012-10-17 or greater.")]
    [InlineData("""{"Statement":[{"Effect":"Maybe","Action":"*","Resource":"*"}]}""", "Syntax errors in policy.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Resource":"*"}]}""", "Policy statement must contain actions.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}""", "Policy statement must contain actions.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}]}""", "Syntax errors in policy.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*"}]}""", "Policy statement must contain resources.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"Invoke","Resource":"*"}]}""", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"a:b:c","Resource":"*"}]}""", "Actions/Condition can contain only one colon.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3*x:b","Resource":"*"}]}""", "Vendor s3*x is not valid")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}]}""", "Resource bucket must be in ARN format or \"*\".")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:foo:s3:::b"}]}""", "Partition \"foo\" is not valid for resource \"arn:foo:s3:::b\".")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}""", "Policy document should not specify a principal.")]
    [InlineData("""{"Statement":[{"Sid":"a-b","Effect":"Allow","Action":"*","Resource":"*"}]}""", "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")]
    [InlineData("""{"Statement":[{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"}]}""", "Statement IDs (SID) in a single policy must be unique.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringSame":{"aws:username":"a"}}}]}""", "Syntax errors in policy.")]
    public void Parse_BadIdentityPolicy_SaysWhy(string json, string reason) =>
        Assert.Equal(reason, Assert.Throws<PolicyFormatException>(() => PolicyParser.Parse(json, PolicyKind.Identity)).Message);

    [Theory]
    [InlineData("{", "This policy contains invalid Json")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}]}""", "Has prohibited field Resource")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}""", "Missing required field Principal")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"s3:Get","Principal":"*"}]}""", "AssumeRole policy may only specify STS AssumeRole actions.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"bob"}}]}""", "Invalid principal in policy: \"AWS\":\"bob\"")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"*"}}]}""", "Invalid principal in policy: \"SERVICE\":\"*\"")]
    public void Parse_BadTrustPolicy_SaysWhy(string json, string reason) =>
        Assert.Equal(reason, Assert.Throws<PolicyFormatException>(() => PolicyParser.Parse(json, PolicyKind.Trust)).Message);

    [Fact]
    public void Parse_OneStatementWithoutList_IsTaken() =>
        Assert.Single(PolicyParser.Parse("""{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""", PolicyKind.Identity).Statements);

    [Fact]
    public void ManagedPolicies_All_AreValid()
    {
        Assert.All(ManagedPolicies.All, policy => PolicyParser.Parse(policy.Document, PolicyKind.Identity));
        Assert.NotNull(ManagedPolicies.Find("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"));
        Assert.NotNull(ManagedPolicies.Find("arn:aws:iam::aws:policy/AdministratorAccess"));
    }
}
