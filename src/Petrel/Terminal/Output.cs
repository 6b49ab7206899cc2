using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Petrel.Terminal;

/// <summary>
/// What a command prints. Answers go to standard output: with colours and frames on a terminal, as plain lines into a file or a pipe, as
/// JSON where a program asked for it. Progress, advice and errors go to standard error.
/// </summary>
internal sealed class Output
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Lines are wrapped by the terminal, not here: what it wraps can still be copied whole, a URL above all.</summary>
    private const int Unwrapped = 100_000;

    private readonly Lazy<IAnsiConsole> _tables;
    private readonly Lazy<IAnsiConsole> _lines;
    private readonly Lazy<IAnsiConsole> _progress;
    private readonly Lazy<IAnsiConsole> _notes;
    private readonly bool _errorIsTerminal;

    public Output(OutputTarget standardOut, OutputTarget standardError)
    {
        StandardOut = standardOut.Writer;
        StandardError = standardError.Writer;
        IsTerminal = standardOut.IsTerminal;
        _errorIsTerminal = standardError.IsTerminal;
        _tables = new Lazy<IAnsiConsole>(standardOut.CreateConsole);
        _lines = new Lazy<IAnsiConsole>((standardOut with { Width = Unwrapped }).CreateConsole);
        _progress = new Lazy<IAnsiConsole>(standardError.CreateConsole);
        _notes = new Lazy<IAnsiConsole>((standardError with { Width = Unwrapped }).CreateConsole);
    }

    public TextWriter StandardOut { get; }

    public TextWriter StandardError { get; }

    /// <summary>Whether a person looks at the answers.</summary>
    public bool IsTerminal { get; }

    /// <summary>Columns of the terminal; without one there is no end to a line.</summary>
    public int Width => IsTerminal ? _tables.Value.Profile.Width : int.MaxValue;

    /// <summary>How often long work may say how far it is: a person sees it move, a log stays short.</summary>
    public TimeSpan ProgressInterval => _errorIsTerminal ? TimeSpan.FromMilliseconds(150) : TimeSpan.FromSeconds(10);

    /// <summary>For what is drawn anew in its place; only of use on a terminal.</summary>
    public IAnsiConsole Screen => _tables.Value;

    public static Output OfProcess() => new(
        new OutputTarget(Console.Out, !Console.IsOutputRedirected),
        new OutputTarget(Console.Error, !Console.IsErrorRedirected));

    /// <summary>A line as it is, without markup.</summary>
    public void Line(string text = "") => StandardOut.WriteLine(text);

    /// <summary>A line with Spectre's markup, which only a terminal shows. Escape what comes from outside.</summary>
    public void Markup(string markup)
    {
        if (IsTerminal)
        {
            _lines.Value.MarkupLine(markup);
        }
        else
        {
            StandardOut.WriteLine(Spectre.Console.Markup.Remove(markup));
        }
    }

    public void Json(JsonNode? node) => StandardOut.WriteLine(node?.ToJsonString(Indented) ?? "null");

    public void Table(TextTable table)
    {
        if (IsTerminal)
        {
            table.WriteToTerminal(_tables.Value, _lines.Value);
        }
        else
        {
            table.WritePlain(StandardOut);
        }
    }

    /// <summary>A step that was done, for somebody who watches.</summary>
    public void Step(string text) => Note("[green]✓[/]", text);

    public void Warning(string text) => Note("[yellow]![/]", text);

    public void Error(string text, string? next)
    {
        foreach (var line in text.Split('\n'))
        {
            Note("[red]petrel:[/]", line);
        }

        if (next is not null)
        {
            Advice(next);
        }
    }

    /// <summary>What to do next.</summary>
    public void Advice(string text) => Note("[dim]→[/]", text);

    /// <summary>A line to standard error as it is.</summary>
    public void Notice(string text) => StandardError.WriteLine(text);

    /// <summary>Shows that something takes its time; the work can say what it does now. Without a terminal each is one line.</summary>
    public async Task<T> WaitAsync<T>(string what, Func<Action<string>, Task<T>> work)
    {
        if (_errorIsTerminal)
        {
            return await _progress.Value.Status().Spinner(Spinner.Known.Dots)
                .StartAsync(Spectre.Console.Markup.Escape(what), status => work(text => status.Status(Spectre.Console.Markup.Escape(text))));
        }

        Notice(what);
        return await work(Notice);
    }

    public Task WaitAsync(string what, Func<Task> work) => WaitAsync(what, async _ =>
    {
        await work();
        return true;
    });

    private void Note(string mark, string text)
    {
        if (_errorIsTerminal)
        {
            _notes.Value.MarkupLine($"{mark} {Spectre.Console.Markup.Escape(text)}");
        }
        else
        {
            StandardError.WriteLine($"{Spectre.Console.Markup.Remove(mark)} {text}");
        }
    }
}

/// <summary>A stream that is written to.</summary>
/// <param name="Width">Columns; null asks the terminal.</param>
internal sealed record OutputTarget(TextWriter Writer, bool IsTerminal, int? Width = null)
{
    public IAnsiConsole CreateConsole()
    {
        // NO_COLOR is honoured by the library's own detection.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Writer),
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (Width is { } width)
        {
            console.Profile.Width = width;
        }

        return console;
    }
}
