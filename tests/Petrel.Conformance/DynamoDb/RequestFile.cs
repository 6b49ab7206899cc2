using System.Text.RegularExpressions;

namespace Petrel.Conformance.DynamoDb;

/// <summary>A request of a file.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Difference">Why the other server answers differently; null where both must agree.</param>
/// <param name="Expected">What ours answers: a status, and perhaps the body, or the error's name and a pattern of its message.</param>
internal sealed record FileRequest(int Line, string Operation, string Body, string? Difference, string? Expected);

/// <summary>
/// A file of requests that are sent one after another: <c>Operation {json}</c> a line. Before a request whose answer is known to differ stand
/// <c>! why</c> and <c>= what the daemon answers</c>; with <c>=</c> alone it is not sent to the other server, which knows nothing of it.
/// <c>${x*400}</c> is a character repeated, <c>$ACCOUNT</c> the caller's account.
/// </summary>
internal static partial class RequestFile
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "DynamoDb", "Requests");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static IEnumerable<FileRequest> Read(string name)
    {
        string? difference = null, expected = null;
        var number = 0;
        foreach (var line in File.ReadLines(Path.Combine(Folder, name + ".txt")))
        {
            number++;
            switch (line)
            {
                case ['!', ..]:
                    difference = line[1..].Trim();
                    break;
                case ['=', ..]:
                    expected = line[1..].Trim();
                    break;
                case ['#', ..] or "":
                    break;
                default:
                    var space = line.IndexOf(' ', StringComparison.Ordinal);
                    yield return new FileRequest(number, line[..space], Repeated().Replace(line[(space + 1)..], Repeat), difference, expected);
                    (difference, expected) = (null, null);
                    break;
            }
        }
    }

    private static string Repeat(Match match) => new(match.Groups[1].Value[0], int.Parse(match.Groups[2].Value));

    [GeneratedRegex(@"\$\{(.)\*(\d+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Repeated();
}
