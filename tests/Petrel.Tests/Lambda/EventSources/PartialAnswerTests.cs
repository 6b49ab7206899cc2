using System.Text;
using Petrel.Server.Services.Lambda.EventSources.Model;

namespace Petrel.Tests.Lambda.EventSources;

public sealed class PartialAnswerTests
{
    private static readonly string[] Identifiers = ["11", "12", "13"];

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"done\"")]
    [InlineData("""{"batchItemFailures":[]}""")]
    [InlineData("""{"batchItemFailures":null}""")]
    [InlineData("""{"other":1}""")]
    public void Read_NothingFailed_IsASuccess(string answer) => Assert.Equal((SliceOutcome.Success, 0), Read(answer));

    [Theory]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":""}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":null}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":12}]}""")]
    [InlineData("""{"batchItemFailures":[{"foo":"12"}]}""")]
    [InlineData("""{"batchItemFailures":[{"foo":null}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"not-there"}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"13"},{"itemIdentifier":"not-there"}]}""")]
    [InlineData("""{"batchItemFailures":["12"]}""")]
    [InlineData("""{"batchItemFailures":"12"}""")]
    [InlineData("{")]
    public void Read_MalformedAnswer_FailsTheBatch(string answer) => Assert.Equal((SliceOutcome.Failed, 0), Read(answer));

    [Theory]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"12"}]}""", 1)]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"13"},{"itemIdentifier":"11"}]}""", 0)]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"13","more":1}],"state":{}}""", 2)]
    public void Read_Failures_TheFirstOfThemCounts(string answer, int failedAt) =>
        Assert.Equal((SliceOutcome.Partial, failedAt), Read(answer));

    private static (SliceOutcome, int) Read(string answer) => PartialAnswer.Read(Encoding.UTF8.GetBytes(answer), Identifiers);
}
