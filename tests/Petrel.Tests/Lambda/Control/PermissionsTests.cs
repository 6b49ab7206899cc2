using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Api;

namespace Petrel.Tests.Lambda.Control;

public sealed class PermissionsTests : IAsyncDisposable
{
    private const string Invoke = "lambda:InvokeFunction";

    private readonly ControlPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    public static TheoryData<AddPermissionRequest, string> Statements => new()
    {
        { new("f", "s3", Invoke, "s3.amazonaws.com", "arn:aws:s3:::bucket"), """{"Sid":"s3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111111111111:function:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}}""" },
        { new("f", "any", Invoke, "*", SourceAccount: "111111111111"), """{"Sid":"any","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111111111111:function:f","Condition":{"StringEquals":{"AWS:SourceAccount":"111111111111"}}}""" },
        { new("f", "account", Invoke, "222222222222"), """{"Sid":"account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111111111111:function:f"}""" },
        { new("f", "user", Invoke, "arn:aws:iam::222222222222:user/u"), """{"Sid":"user","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:user/u"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111111111111:function:f"}""" },
        { new("f", "url", "lambda:InvokeFunctionUrl", "*", "arn:aws:s3:::b", "111111111111", PrincipalOrgId: "o-1234567890", FunctionUrlAuthType: "NONE"), """{"Sid":"url","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"arn:aws:lambda:eu-west-1:111111111111:function:f","Condition":{"StringEquals":{"AWS:SourceAccount":"111111111111","lambda:FunctionUrlAuthType":"NONE","aws:PrincipalOrgID":"o-1234567890"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}""" },
        { new("f", "alexa", Invoke, "*", EventSourceToken: "amzn1.ask.skill.x"), """{"Sid":"alexa","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111111111111:function:f","Condition":{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.x"}}}""" },
        { new("f", "via", Invoke, "*", InvokedViaFunctionUrl: true), """{"Sid":"via","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111111111111:function:f","Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}}""" },
    };

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task AddPermission_OfAnyKind_WritesTheStatementAsLambdaDoes(AddPermissionRequest request, string statement)
    {
        await _plane.CreateAsync("f");
        Assert.Equal(statement, (await _plane.Lambda.AddPermission(request, ControlPlane.Call())).Statement);
        Assert.Equal($$"""{"Version":"2012-10-17","Id":"default","Statement":[{{statement}}]}""", (await PolicyAsync("f")).Policy);
    }

    [Fact]
    public async Task Permissions_AddedAndRemoved_LeaveTheOthers()
    {
        await _plane.CreateAsync("f");
        await AddAsync("s3");
        await AddAsync("sqs");
        var both = await PolicyAsync("f");
        var missing = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.RemovePermission(new("f", "non-existent"), ControlPlane.Call()));
        Assert.Equal("Statement non-existent is not found in resource policy.", missing.Message);
        Assert.Equal(both, await PolicyAsync("f"));

        await _plane.Lambda.RemovePermission(new("f", "sqs", RevisionId: both.RevisionId), ControlPlane.Call());
        Assert.Contains("\"Sid\":\"s3\"", (await PolicyAsync("f")).Policy, StringComparison.Ordinal);
        await _plane.Lambda.RemovePermission(new("f", "s3"), ControlPlane.Call());
        var none = await Assert.ThrowsAsync<ResourceNotFoundException>(() => PolicyAsync("f"));
        Assert.Equal("The resource you requested does not exist.", none.Message);
        var nothing = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.RemovePermission(new("f", "s3"), ControlPlane.Call()));
        Assert.Equal("No policy is associated with the given resource.", nothing.Message);
    }

    [Fact]
    public async Task Permissions_OfFunctionVersionAndAlias_AreApart()
    {
        await _plane.CreateAsync("f", r => r with { Publish = true });
        await _plane.SettledAsync("f", "1");
        await _plane.Lambda.CreateAlias(new("f", "live", "1"), ControlPlane.Call());
        await AddAsync("s");
        foreach (var qualifier in new[] { "1", "live" })
        {
            await Assert.ThrowsAsync<ResourceNotFoundException>(() => PolicyAsync("f", qualifier));
            await _plane.Lambda.AddPermission(new("f", "s", Invoke, "*", Qualifier: qualifier), ControlPlane.Call());
            var policy = await PolicyAsync("f", qualifier);
            Assert.Contains($"\"Resource\":\"{ControlPlane.Arn("f", qualifier)}\"", policy.Policy, StringComparison.Ordinal);
        }

        Assert.Equal((await _plane.SettledAsync("f", "1")).RevisionId, (await PolicyAsync("f", "1")).RevisionId);
        Assert.Equal((await _plane.Lambda.GetAlias(new("f", "live"), ControlPlane.Call())).RevisionId, (await PolicyAsync("f", "live")).RevisionId);
        Assert.Equal((await _plane.SettledAsync("f")).RevisionId, (await PolicyAsync("f")).RevisionId);
    }

    [Fact]
    public async Task AddPermission_WithAnotherRevision_IsRefused()
    {
        var function = await _plane.CreateAsync("f");
        var first = await Assert.ThrowsAsync<PreconditionFailedException>(() =>
            _plane.Lambda.AddPermission(new("f", "a", Invoke, "*", RevisionId: "wrong"), ControlPlane.Call()));
        Assert.EndsWith("Call the GetFunction/GetAlias API to retrieve the latest Revision Id", first.Message, StringComparison.Ordinal);
        await _plane.Lambda.AddPermission(new("f", "a", Invoke, "*", RevisionId: function.RevisionId), ControlPlane.Call());
        var second = await Assert.ThrowsAsync<PreconditionFailedException>(() =>
            _plane.Lambda.AddPermission(new("f", "b", Invoke, "*", RevisionId: function.RevisionId), ControlPlane.Call()));
        Assert.EndsWith("Call the GetPolicy API to retrieve the latest Revision Id", second.Message, StringComparison.Ordinal);
        await _plane.Lambda.AddPermission(new("f", "b", Invoke, "*", RevisionId: (await PolicyAsync("f")).RevisionId), ControlPlane.Call());
    }

    public static TheoryData<AddPermissionRequest, string> Refusals => new()
    {
        { new("f", "s", Invoke, "invalid.nonaws.com"), "The provided principal was invalid. Please check the principal and try again." },
        { new("f", "s", Invoke, "*", Qualifier: "$LATEST"), "We currently do not support adding policies for $LATEST." },
        { new("f:a", "s", Invoke, "*", Qualifier: "b"), "The derived qualifier from the function name does not match the specified qualifier." },
        { new("doesnotexist", "s", Invoke, "*"), "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:doesnotexist" },
        { new("f", "s", Invoke, "*", Qualifier: "alias-doesnotexist"), "Cannot find alias arn: arn:aws:lambda:eu-west-1:111111111111:function:f:alias-doesnotexist" },
        { new("f", "s", Invoke, "*", Qualifier: "42"), "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:42" },
        { new("f", "s", Invoke, "*", Qualifier: "valid-with-$-but-doesnotexist"), "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:f:valid-with-$-but-doesnotexist" },
        { new("f", "taken", Invoke, "*"), "The statement id (taken) provided already exists. Please provide a new statement id, or remove the existing statement." },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task AddPermission_OfWhatIsNotAllowed_IsRefused(AddPermissionRequest request, string message)
    {
        await _plane.CreateAsync("f");
        await AddAsync("taken");
        Assert.Equal(message, (await Assert.ThrowsAnyAsync<LambdaException>(() => _plane.Lambda.AddPermission(request, ControlPlane.Call()))).Message);
    }

    [Theory]
    [InlineData("doesnotexist", null, "No policy found for: arn:aws:lambda:eu-west-1:111111111111:function:doesnotexist")]
    [InlineData("f", "alias-doesnotexist", "Cannot find alias arn: arn:aws:lambda:eu-west-1:111111111111:function:f:alias-doesnotexist")]
    [InlineData("f", null, "No policy is associated with the given resource.")]
    public async Task RemovePermission_OfWhatIsNotThere_IsNotFound(string name, string? qualifier, string message)
    {
        await _plane.CreateAsync("f");
        var error = await Assert.ThrowsAsync<ResourceNotFoundException>(() => _plane.Lambda.RemovePermission(new(name, "s", qualifier), ControlPlane.Call()));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task AddPermission_BeyondTwentyKilobytes_IsRefused()
    {
        await _plane.CreateAsync("f");
        var error = await Assert.ThrowsAsync<PolicyLengthExceededException>(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await AddAsync($"s{i}");
            }
        });
        Assert.EndsWith("is bigger than the limit (20480).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResourcePolicy_AskedForByArn_FollowsChanges()
    {
        await _plane.CreateAsync("f");
        var resources = _plane.Get<LambdaResources>();
        Assert.Null(await resources.FindPolicyAsync(ControlPlane.Arn("f"), ControlPlane.Call()));
        await AddAsync("s");
        Assert.Equal((await PolicyAsync("f")).Policy, await resources.FindPolicyAsync(ControlPlane.Arn("f"), ControlPlane.Call()));
        Assert.Null(await resources.FindPolicyAsync(ControlPlane.Arn("f", "live"), ControlPlane.Call()));
        await _plane.Lambda.RemovePermission(new("f", "s"), ControlPlane.Call());
        Assert.Null(await resources.FindPolicyAsync(ControlPlane.Arn("f"), ControlPlane.Call()));
    }

    private Task<AddPermissionResult> AddAsync(string sid) => _plane.Lambda.AddPermission(new("f", sid, Invoke, "s3.amazonaws.com"), ControlPlane.Call());

    private Task<GetPolicyResult> PolicyAsync(string name, string? qualifier = null) => _plane.Lambda.GetPolicy(new(name, qualifier), ControlPlane.Call());
}
