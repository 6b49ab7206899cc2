using Petrel.Server.Services.Iam.Model.Policies;
using Petrel.Wire;

namespace Petrel.Tests.Iam.Policies;

public sealed class PolicyEvaluatorTests
{
    private const string RoleArn = "arn:aws:iam::111122223333:role/worker";
    private const string AllowAll = """{"Effect":"Allow","Action":"*","Resource":"*"}""";
    private const string DenyAll = """{"Effect":"Deny","Action":"*","Resource":"*"}""";
    private const string Other = "999988887777";

    [Theory]
    [InlineData("""{"Effect":"Allow","Action":"lambda:invokefunction","Resource":"*"}""", nameof(Verdict.Allowed))]
    [InlineData("""{"Effect":"Allow","Action":["s3:*","lambda:Inv*"],"Resource":"arn:aws:lambda:*:*:function:hel*"}""", nameof(Verdict.Allowed))]
    [InlineData("""{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}""", nameof(Verdict.Allowed))]
    [InlineData("""{"Effect":"Allow","NotAction":"lambda:*","Resource":"*"}""", nameof(Verdict.NoIdentityAllow))]
    [InlineData("""{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::*"}""", nameof(Verdict.Allowed))]
    [InlineData("""{"Effect":"Allow","Action":"*","NotResource":"arn:aws:lambda:*:*:function:hello"}""", nameof(Verdict.NoIdentityAllow))]
    [InlineData("""{"Effect":"Allow","Action":"lambda:Invoke","Resource":"*"}""", nameof(Verdict.NoIdentityAllow))]
    [InlineData(AllowAll + "," + """{"Effect":"Deny","Action":"lambda:Invoke*","Resource":"*"}""", nameof(Verdict.ExplicitDenyIdentity))]
    public void Decide_IdentityPolicy_Decides(string statements, string expected) =>
        Assert.Equal(expected, Decide(Requests.Alice(), identity: statements).ToString());

    [Theory]
    [InlineData("\"*\"", nameof(Verdict.Allowed))]
    [InlineData("""{"AWS":"*"}""", nameof(Verdict.Allowed))]
    [InlineData("""{"AWS":"arn:aws:iam::111122223333:user/team/alice"}""", nameof(Verdict.Allowed))]
    [InlineData("""{"AWS":["arn:aws:iam::111122223333:user/bob"]}""", nameof(Verdict.NoIdentityAllow))]
    [InlineData("""{"AWS":"arn:aws:iam::111122223333:root"}""", nameof(Verdict.NoIdentityAllow))]
    [InlineData("""{"Service":"s3.amazonaws.com"}""", nameof(Verdict.NoIdentityAllow))]
    public void Decide_ResourcePolicyAloneInTheSameAccount_MustNameTheCaller(string principal, string expected) =>
        Assert.Equal(expected, Decide(Requests.Alice(), resource: Allow(principal)).ToString());

    [Theory]
    [InlineData(true, true, nameof(Verdict.Allowed))]
    [InlineData(true, false, nameof(Verdict.NoResourceAllow))]
    [InlineData(false, true, nameof(Verdict.NoIdentityAllow))]
    [InlineData(false, false, nameof(Verdict.NoIdentityAllow))]
    public void Decide_AcrossAccounts_NeedsBoth(bool identity, bool resource, string expected)
    {
        var request = Requests.Alice(resource: "arn:aws:sqs:eu-west-1:999988887777:q", resourceAccount: Other);
        var verdict = Decide(request, identity ? AllowAll : null, resource ? Allow("""{"AWS":"111122223333"}""") : null);
        Assert.Equal(expected, verdict.ToString());
    }

    [Fact]
    public void Decide_DenyInResourcePolicy_WinsOverEverything() =>
        Assert.Equal(Verdict.ExplicitDenyResource, Decide(Requests.Alice(), AllowAll, """{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"""));

    [Fact]
    public void Decide_NotPrincipal_MeansTheOthers()
    {
        const string Deny = """{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/team/alice"},"Action":"*","Resource":"*"}""";
        Assert.Equal(Verdict.Allowed, Decide(Requests.Alice(), AllowAll, Deny));
        Assert.Equal(Verdict.ExplicitDenyResource, Decide(Requests.By(Requests.Session(), RoleArn), AllowAll, Deny));
    }

    [Fact]
    public void Decide_Boundary_LimitsButNeverGrants()
    {
        Assert.Equal(Verdict.NoBoundaryAllow, Decide(Requests.Alice(), AllowAll, boundary: """{"Effect":"Allow","Action":"s3:*","Resource":"*"}"""));
        Assert.Equal(Verdict.NoIdentityAllow, Decide(Requests.Alice(), null, boundary: AllowAll));
        Assert.Equal(Verdict.ExplicitDenyBoundary, Decide(Requests.Alice(), AllowAll, boundary: DenyAll));
        Assert.Equal(Verdict.Allowed, Decide(Requests.Alice(), AllowAll, boundary: AllowAll));
    }

    [Fact]
    public void Decide_SessionPolicy_LimitsTheRole()
    {
        var request = Requests.By(Requests.Session(), RoleArn);
        Assert.Equal(Verdict.Allowed, Decide(request, AllowAll, session: [AllowAll]));
        Assert.Equal(Verdict.NoSessionAllow, Decide(request, AllowAll, session: ["""{"Effect":"Allow","Action":"s3:*","Resource":"*"}"""]));
        Assert.Equal(Verdict.ExplicitDenySession, Decide(request, AllowAll, session: [AllowAll, DenyAll]));
    }

    [Fact]
    public void Decide_ResourcePolicyNamingTheRole_IsLimitedByTheSession_NamingTheSession_IsNot()
    {
        var request = Requests.By(Requests.Session(), RoleArn);
        string[] nothing = ["""{"Effect":"Allow","Action":"s3:*","Resource":"*"}"""];
        var role = Allow($$"""{"AWS":"{{RoleArn}}"}""");
        Assert.Equal(Verdict.Allowed, Decide(request, null, role));
        Assert.Equal(Verdict.NoSessionAllow, Decide(request, null, role, session: nothing));
        Assert.Equal(Verdict.Allowed, Decide(request, null, Allow("""{"AWS":"arn:aws:sts::111122223333:assumed-role/worker/s1"}"""), session: nothing));
    }

    [Fact]
    public void Decide_Anonymous_OnlyByAnOpenResourcePolicy()
    {
        var request = Requests.By(Principal.Anonymous);
        Assert.Equal(Verdict.Allowed, Decide(request, resource: Allow("\"*\"")));
        Assert.Equal(Verdict.NoResourceAllow, Decide(request, resource: Allow("""{"AWS":"111122223333"}""")));
        Assert.Equal(Verdict.NoResourceAllow, Decide(request));
    }

    [Fact]
    public void Decide_Root_IsAllowedInItsAccountAndNeedsAPolicyElsewhere()
    {
        Assert.Equal(Verdict.Allowed, Decide(Requests.By(Principal.Root(Requests.Account))));
        Assert.Equal(Verdict.NoResourceAllow, Decide(Requests.By(Principal.Root(Other))));
        Assert.Equal(Verdict.Allowed, Decide(Requests.By(Principal.Root(Other)), resource: Allow($$"""{"AWS":"{{Other}}"}""")));
    }

    [Fact]
    public void Decide_Service_ByItsNameAndSource()
    {
        var s3 = new Principal(PrincipalKind.Service, Requests.Account, "s3.amazonaws.com", "s3", ServiceName: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::photos");
        const string Permission = """
            {"Sid":"s","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",
             "Resource":"arn:aws:lambda:eu-west-1:111122223333:function:hello",
             "Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::photos"},"StringEquals":{"AWS:SourceAccount":"111122223333"}}}
            """;
        Assert.Equal(Verdict.Allowed, Decide(Requests.By(s3), resource: Permission));
        Assert.Equal(Verdict.NoResourceAllow, Decide(Requests.By(s3 with { SourceArn = "arn:aws:s3:::others" }), resource: Permission));
        Assert.Equal(Verdict.NoResourceAllow, Decide(Requests.By(s3 with { ServiceName = "sns.amazonaws.com" }), resource: Permission));
    }

    [Fact]
    public void Describe_EachVerdict_SaysWhoWhatAndWhy()
    {
        const string Start = "User: arn:aws:iam::111122223333:user/team/alice is not authorized to perform: lambda:InvokeFunction on resource: "
            + "arn:aws:lambda:eu-west-1:111122223333:function:hello ";
        Assert.Equal(
            Start + "because no identity-based policy allows the lambda:InvokeFunction action",
            AccessDenial.Describe(Verdict.NoIdentityAllow, Requests.Alice()));
        Assert.Equal(
            Start + "with an explicit deny in a resource-based policy",
            AccessDenial.Describe(Verdict.ExplicitDenyResource, Requests.Alice()));
    }

    [Fact]
    public void Decide_PlainPolicies_AllocateNothing()
    {
        var request = Requests.Alice();
        var identity = new Identity(RoleArn, [Requests.Identity("""{"Effect":"Allow","Action":["s3:*","lambda:*"],"Resource":"arn:aws:lambda:*"}""")], null, new Dictionary<string, string>());
        PolicyEvaluator.Decide(request, identity, null, null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            PolicyEvaluator.Decide(request, identity, null, null);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Allow(string principal) => $$"""{"Effect":"Allow","Principal":{{principal}},"Action":"*","Resource":"*"}""";

    private static Verdict Decide(
        AccessRequest request,
        string? identity = null,
        string? resource = null,
        string? boundary = null,
        string[]? session = null)
    {
        var known = new Identity(
            request.IdentityArn ?? "",
            identity is null ? [] : [Requests.Identity(identity)],
            boundary is null ? null : Requests.Identity(boundary),
            new Dictionary<string, string>());
        return PolicyEvaluator.Decide(
            request,
            known,
            session?.Select(Requests.Identity).ToList(),
            resource is null ? null : Requests.Resource(resource));
    }
}
