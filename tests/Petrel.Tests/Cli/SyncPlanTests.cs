using Petrel.Objects;

namespace Petrel.Tests.Cli;

public sealed class SyncPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Make_SourceAndTarget_CopiesWhatDiffersAndDeletesOnlyWhenAsked()
    {
        SyncItem[] source = [new("same", 1, Noon), new("new", 1, Noon), new("larger", 2, Noon), new("touched", 1, Noon.AddHours(1))];
        var target = new Dictionary<string, SyncItem>
        {
            ["same"] = new("same", 1, Noon),
            ["larger"] = new("larger", 1, Noon),
            ["touched"] = new("touched", 1, Noon),
            ["gone"] = new("gone", 1, Noon),
        };
        var plan = SyncPlan.Make(source, target, deletes: true);
        Assert.Equal(["new", "larger", "touched"], plan.Copy.Select(item => item.Name));
        Assert.Equal(["gone"], plan.Delete);
        Assert.Empty(SyncPlan.Make(source, target, deletes: false).Delete);
    }

    [Theory]
    [InlineData(1, 8_388_608)]
    [InlineData(83_886_080_000, 8_388_608)]
    [InlineData(83_886_080_001, 16_777_216)]
    public void PartSize_OfAnyFile_GivesAtMostTenThousandParts(long bytes, long expected) => Assert.Equal(expected, Upload.PartSize(bytes));

    [Theory]
    [InlineData("s3://b", "b", "")]
    [InlineData("s3://b/", "b", "")]
    [InlineData("s3://b/a/b c", "b", "a/b c")]
    public void Parse_Address_HasBucketAndKey(string text, string bucket, string key) => Assert.Equal(new S3Address(bucket, key), S3Address.Parse(text));

    [Theory]
    [InlineData("b/key")]
    [InlineData("s3://")]
    [InlineData("s3:///key")]
    public void Parse_NoAddress_SaysWhatOneLooksLike(string text) => Assert.Throws<CliException>(() => S3Address.Parse(text));
}
