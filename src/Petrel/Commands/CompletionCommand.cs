using System.CommandLine;

namespace Petrel.Commands;

/// <summary><c>petrel completion bash</c>: a script that lets the shell complete commands, options and functions' names.</summary>
internal sealed class CompletionCommand : Command
{
    private const string Bash = """
        # petrel's completion for bash; in ~/.bashrc: source <(petrel completion bash)
        _petrel_complete() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _petrel_complete petrel ./petrel
        """;

    private const string Zsh = """
        # petrel's completion for zsh; in ~/.zshrc: source <(petrel completion zsh)
        _petrel_complete() {
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            (( ${#found[1]} )) && compadd -a found || _files
        }
        compdef _petrel_complete petrel ./petrel
        """;

    private const string Fish = """
        # petrel's completion for fish; in ~/.config/fish/config.fish: petrel completion fish | source
        function __petrel_complete
            set -l line (commandline -cp)
            set -l words (commandline -opc)
            $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c petrel -a '(__petrel_complete)'
        """;

    private readonly CliContext _context;
    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh or fish" };

    public CompletionCommand(CliContext context)
        : base("completion", "Print a script by which a shell completes petrel's commands")
    {
        _context = context;
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Arguments.Add(_shell);
        SetAction(Run);
    }

    private int Run(ParseResult parse)
    {
        _context.Output.Line(parse.GetRequiredValue(_shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        });
        return 0;
    }
}
