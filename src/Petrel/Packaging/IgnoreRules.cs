using System.Text;
using System.Text.RegularExpressions;

namespace Petrel.Packaging;

/// <summary>
/// Which files of a folder are left out of a package: the lines of <c>.petrelignore</c>, in the form of <c>.gitignore</c>, after a few that
/// always hold. The last line that matches decides; <c>!</c> takes a file back in.
/// </summary>
internal sealed class IgnoreRules
{
    public const string FileName = ".petrelignore";

    private static readonly string[] Always =
        [".git/", ".petrel/", FileName, ".DS_Store", "__pycache__/", "*.pyc", ".venv/", ".vscode/", ".idea/", "/test.json"];

    /// <summary>What a build of a .NET project leaves beside its sources.</summary>
    private static readonly string[] OfDotnet = ["/bin/", "/obj/"];

    private readonly List<Rule> _rules;

    private IgnoreRules(IEnumerable<string> lines) => _rules = [.. lines.Select(Rule.TryParse).OfType<Rule>()];

    public static IgnoreRules Parse(string text) => new(Always.Concat(text.Split('\n')));

    public static IgnoreRules Of(string folder)
    {
        var file = Path.Combine(folder, FileName);
        var project = Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.csproj").Any();
        var lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        return new IgnoreRules([.. Always, .. project ? OfDotnet : [], .. lines]);
    }

    /// <param name="path">Below the folder, with slashes; the folders above it were asked before and are kept.</param>
    public bool Ignores(string path, bool isFolder)
    {
        var ignored = false;
        foreach (var rule in _rules)
        {
            if ((isFolder || !rule.FoldersOnly) && rule.Pattern.IsMatch(path))
            {
                ignored = !rule.Negated;
            }
        }

        return ignored;
    }

    private sealed record Rule(Regex Pattern, bool Negated, bool FoldersOnly)
    {
        public static Rule? TryParse(string line)
        {
            line = line.TrimEnd('\r', ' ');
            if (line.Length == 0 || line[0] == '#')
            {
                return null;
            }

            var negated = line[0] == '!';
            if (negated)
            {
                line = line[1..];
            }

            var foldersOnly = line.EndsWith('/');
            line = line.TrimEnd('/');
            // A slash within ties the pattern to the folder of the file; without one it holds at every depth.
            var anchored = line.Contains('/', StringComparison.Ordinal);
            var pattern = $"^{(anchored ? "" : "(?:.*/)?")}{Translate(line.TrimStart('/'))}$";
            return new Rule(new Regex(pattern, RegexOptions.NonBacktracking), negated, foldersOnly);
        }

        private static string Translate(string glob)
        {
            var regex = new StringBuilder();
            for (var i = 0; i < glob.Length; i++)
            {
                var rest = glob.AsSpan(i);
                if (rest.StartsWith("**/"))
                {
                    regex.Append("(?:.*/)?");
                    i += 2;
                }
                else if (rest.StartsWith("**"))
                {
                    regex.Append(".*");
                    i++;
                }
                else if (glob[i] == '[' && rest.IndexOf(']') is > 1 and var end)
                {
                    var set = glob.Substring(i + 1, end - 1).Replace("\\", "\\\\", StringComparison.Ordinal);
                    regex.Append('[').Append(set[0] == '!' ? "^" + set[1..] : set).Append(']');
                    i += end;
                }
                else if (glob[i] == '\\' && i + 1 < glob.Length)
                {
                    regex.Append(Regex.Escape(glob[++i].ToString()));
                }
                else
                {
                    regex.Append(glob[i] switch { '*' => "[^/]*", '?' => "[^/]", var letter => Regex.Escape(letter.ToString()) });
                }
            }

            return regex.ToString();
        }
    }
}
