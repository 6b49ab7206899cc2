using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Petrel.Conformance.DynamoDb;

/// <summary>
/// The same requests, right and wrong ones, to the daemon and to dynalite: every answer must be the same, member by member and word by word,
/// but for those whose difference is written down beside the request with what the real service answers.
/// </summary>
public sealed class DifferentialTests(Daemon daemon, Dynalite dynalite)
{
    /// <summary>The account of every request to dynalite, which knows no other.</summary>
    private const string PeerAccount = "000000000000";

    public static TheoryData<string> Files => [.. RequestFile.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Requests_ToBoth_AreAnsweredAlike(string file)
    {
        using var http = new HttpClient();
        var account = daemon.NewBoto().Account;
        var ours = new TableCaller(http, daemon.Endpoint, account);
        var theirs = new TableCaller(http, await dynalite.EndpointAsync(), "test");
        var wrong = new List<string>();
        var count = 0;
        foreach (var request in RequestFile.Read(file))
        {
            count++;
            var answer = await ours.SendAsync(request.Operation, request.Body.Replace("$ACCOUNT", account, StringComparison.Ordinal));
            var other = request is { Difference: null, Expected: not null }
                ? null
                : await theirs.SendAsync(request.Operation, request.Body.Replace("$ACCOUNT", PeerAccount, StringComparison.Ordinal));
            if (Compare(request, answer, other) is { } problem)
            {
                wrong.Add($"{file}.txt:{request.Line}: {Shorten(request.Operation + " " + request.Body)}\n{problem}");
            }

            if (request.Operation is "CreateTable" or "UpdateTable")
            {
                await ours.WaitUntilActiveAsync(NameOf(request));
                await (other is null ? Task.CompletedTask : theirs.WaitUntilActiveAsync(NameOf(request)));
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count} answers are not as they should be:\n{string.Join('\n', wrong)}");
    }

    private static string? Compare(FileRequest request, TableAnswer answer, TableAnswer? other)
    {
        var ordered = request.Operation == "Query";
        var our = AnswerForm.Of(answer, ordered);
        var their = other is null ? null : AnswerForm.Of(other, ordered);
        if (request.Expected is { } expected)
        {
            return our == their ? "  is the same on both: no difference is left to write down"
                : IsAsExpected(answer, expected, ordered) ? null
                : $"  ours:  {Shorten(our)}\n  right: {expected}";
        }

        return our == their ? null : $"  ours:   {Shorten(our)}\n  theirs: {Shorten(their!)}";
    }

    /// <param name="expected"><c>200</c>, <c>200 {…}</c>, <c>400 ValidationException</c> or <c>400 ValidationException /pattern/</c>.</param>
    private static bool IsAsExpected(TableAnswer answer, string expected, bool ordered)
    {
        var (status, body) = Split(expected);
        if ((int)answer.Status != int.Parse(status) || body.Length == 0)
        {
            return (int)answer.Status == int.Parse(status);
        }

        if (body[0] == '{')
        {
            return AnswerForm.Of(answer.Body, ordered) == AnswerForm.Of(JsonNode.Parse(body), ordered);
        }

        var (error, pattern) = Split(body);
        var message = (answer.Body?["message"] ?? answer.Body?["Message"])?.GetValue<string>() ?? "";
        return answer.Error == error && Regex.IsMatch(message, pattern.Trim('/'), RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    private static (string First, string After) Split(string text) =>
        text.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var space ? (text[..space], text[(space + 1)..]) : (text, "");

    private static string NameOf(FileRequest request) =>
        (JsonNode.Parse(request.Body) as JsonObject)?["TableName"] is JsonValue value && value.TryGetValue<string>(out var name) && name.Length > 2 ? name : "none";

    private static string Shorten(string text) => text.Length > 600 ? text[..600] + "…" : text;
}
