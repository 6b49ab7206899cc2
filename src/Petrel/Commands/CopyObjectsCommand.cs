using System.CommandLine;
using Petrel.Client;
using Petrel.Objects;

namespace Petrel.Commands;

/// <summary><c>petrel s3 cp FROM TO</c>: one file or object, or with <c>--recursive</c> all below a folder.</summary>
internal sealed class CopyObjectsCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string> _from = new("from") { Description = "A file, a folder or s3://bucket/key" };
    private readonly Argument<string> _to = new("to") { Description = "The same; one of the two is in a bucket" };
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Copy all below a folder" };

    public CopyObjectsCommand(CliContext context)
        : base("cp", "Copy a file or an object; what broke off is gone on with")
    {
        _context = context;
        Arguments.Add(_from);
        Arguments.Add(_to);
        Options.Add(_recursive);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var copies = new Copies(new ObjectClient(api, _context.Time), _context);
        var (from, to) = (parse.GetRequiredValue(_from), parse.GetRequiredValue(_to));
        if (parse.GetValue(_recursive))
        {
            await copies.SynchroniseAsync(from, to, SyncMode.CopyAll, cancellationToken);
        }
        else
        {
            await copies.CopyOneAsync(from, to, cancellationToken);
        }

        return 0;
    }
}

/// <summary><c>petrel s3 sync FROM TO</c>: copies what differs.</summary>
internal sealed class SyncObjectsCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string> _from = new("from") { Description = "A folder or s3://bucket/prefix" };
    private readonly Argument<string> _to = new("to") { Description = "The same; one of the two is in a bucket" };
    private readonly Option<bool> _delete = new("--delete") { Description = "Delete what is not at the source" };

    public SyncObjectsCommand(CliContext context)
        : base("sync", "Copy what is missing, of another size, or older")
    {
        _context = context;
        Arguments.Add(_from);
        Arguments.Add(_to);
        Options.Add(_delete);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var copies = new Copies(new ObjectClient(api, _context.Time), _context);
        var mode = parse.GetValue(_delete) ? SyncMode.Mirror : SyncMode.CopyChanged;
        await copies.SynchroniseAsync(parse.GetRequiredValue(_from), parse.GetRequiredValue(_to), mode, cancellationToken);
        return 0;
    }
}
