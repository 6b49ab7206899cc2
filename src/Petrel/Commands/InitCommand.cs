using System.CommandLine;
using Petrel.Packaging;
using Petrel.Samples;

namespace Petrel.Commands;

/// <summary><c>petrel init FOLDER --runtime python</c>: the beginning of a function.</summary>
internal sealed class InitCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string> _folder = new("folder") { Description = "Folder to make" };
    private readonly Option<string> _runtime = new("--runtime", "-r") { Description = "Language or runtime: python, nodejs22.x, dotnet, java, ruby, provided", Required = true };

    public InitCommand(CliContext context)
        : base("init", "Write the beginning of a function into a folder")
    {
        _context = context;
        _runtime.CompletionSources.Add(_ => SampleCatalogue.Templates.Select(s => new System.CommandLine.Completions.CompletionItem(s.Language)));
        Arguments.Add(_folder);
        Options.Add(_runtime);
        SetAction(Run);
    }

    private int Run(ParseResult parse)
    {
        var runtime = parse.GetRequiredValue(_runtime);
        var sample = SampleCatalogue.Find(runtime)
            ?? throw new CliException($"there is no beginning for {runtime}", $"take one of {string.Join(", ", SampleCatalogue.Templates.Select(s => s.Language))}");
        var folder = parse.GetRequiredValue(_folder);
        var copied = SampleCatalogue.Copy(sample, _context.Resolve(folder));
        if (copied.Count == 0)
        {
            throw new CliException($"{folder} has these files already; nothing was written", "give the name of a new folder");
        }

        foreach (var file in copied)
        {
            _context.Output.Step(Path.Combine(folder, file));
        }

        var option = PinVersion(runtime, sample, folder);
        _context.Output.Advice($"try it: {_context.Program} deploy {folder}{option}");
        _context.Output.Advice($"work on it: {_context.Program} dev {folder}{option}");
        return 0;
    }

    /// <summary>Keeps the version that was asked for: in the folder, or as an option of the commands that follow where no file says it.</summary>
    private string PinVersion(string runtime, Sample sample, string folder)
    {
        if (FunctionFolder.VersionFileOf(runtime) is not { } file)
        {
            return runtime == sample.Language || !runtime.Any(char.IsAsciiDigit) ? "" : $" --runtime {runtime}";
        }

        var path = Path.Combine(_context.Resolve(folder), file.Name);
        if (!File.Exists(path))
        {
            File.WriteAllText(path, file.Content + "\n");
            _context.Output.Step(Path.Combine(folder, file.Name));
        }

        return "";
    }
}
