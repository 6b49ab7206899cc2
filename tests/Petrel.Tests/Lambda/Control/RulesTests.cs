using CsCheck;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Tests.Lambda.Control;

/// <summary>Decisions that need no store.</summary>
public sealed class RulesTests
{
    [Theory]
    [InlineData("f", null, null, "f", null)]
    [InlineData("f:1", null, null, "f", "1")]
    [InlineData("f:$LATEST", null, null, "f", "$LATEST")]
    [InlineData("function", null, null, "function", null)]
    [InlineData("function:f:live", null, null, "f", "live")]
    [InlineData("111111111111:function:f", null, "111111111111", "f", null)]
    [InlineData("us-gov-west-1:111111111111:function:f", "us-gov-west-1", "111111111111", "f", null)]
    [InlineData("arn:aws-cn:lambda:cn-north-1:111111111111:function:f:1", "cn-north-1", "111111111111", "f", "1")]
    public void FunctionRef_OfAnyForm_IsTakenApart(string text, string? region, string? account, string name, string? qualifier) =>
        Assert.Equal(new FunctionRef(region, account, name, qualifier), FunctionRef.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("f!")]
    [InlineData("f:1:2")]
    [InlineData("arn:aws:s3:::bucket")]
    [InlineData("arn:aws:lambda:eu-west-1:111111111111:layer:l:1")]
    public void FunctionRef_OfSomethingElse_IsNone(string text) => Assert.Null(FunctionRef.TryParse(text));

    [Fact]
    public void FunctionRef_OfAnArnThatWasWritten_IsTheSame() =>
        Gen.Select(Gen.String[Gen.Char["abzAZ09-_"], 1, 64], Gen.String[Gen.Char["abzAZ09-_"], 1, 64]).Sample((name, qualifier) =>
        {
            var key = new FunctionKey("111111111111", "eu-west-1", name);
            var parsed = FunctionRef.TryParse(key.QualifiedArn(qualifier))!;
            return (parsed.Name, parsed.Qualifier, parsed.Account, parsed.Region) == (name, qualifier, key.Account, key.Region);
        });

    [Fact]
    public void CheckUnpackedSize_OfCodeAndLayersBeyondTheLimit_IsRefused()
    {
        var half = new CodeRecord("a", 1, 131_072_000);
        FunctionRules.CheckUnpackedSize(half, [new LayerUse("l", half)]);
        var error = Assert.Throws<InvalidParameterValueException>(() => FunctionRules.CheckUnpackedSize(half, [new LayerUse("l", half with { UnpackedBytes = 131_072_001 })]));
        Assert.Equal(
            "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 262144001 bytes.",
            error.Message);
    }

    [Fact]
    public void Share_OfAnyWeight_GivesAllInstances() => Gen.Select(Gen.Int[1, 1000], Gen.Double.Unit).Sample((requested, weight) =>
    {
        var share = ProvisionedPlan.Share(new ProvisionedRecord("a", requested, default), new AliasRecord("a", "1", "", "", "2", weight)).ToArray();
        return share.Sum(s => s.Instances) == requested && share.All(s => s.Instances >= 0);
    });

    [Fact]
    public void PageMarker_OfAnyName_ReadsBack() => Gen.String.Sample(name => PageMarker.Read(PageMarker.Of(name)) == name || name.Any(char.IsSurrogate));
}
