using System.CommandLine;
using Petrel.Client;
using Petrel.Objects;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel s3 ls|cp|sync|rm|presign</c>: files and objects.</summary>
internal sealed class S3Command : Command
{
    public S3Command(CliContext context)
        : base("s3", "Copy files to and from buckets, list and delete objects")
    {
        Subcommands.Add(new ListObjectsCommand(context));
        Subcommands.Add(new CopyObjectsCommand(context));
        Subcommands.Add(new SyncObjectsCommand(context));
        Subcommands.Add(new RemoveObjectsCommand(context));
        Subcommands.Add(new PresignCommand(context));
    }

    private sealed class ListObjectsCommand : Command
    {
        private readonly CliContext _context;
        private readonly Argument<string?> _address = new("address") { Description = "s3://bucket/prefix; without it the buckets", Arity = ArgumentArity.ZeroOrOne };
        private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Show what is in folders too" };

        public ListObjectsCommand(CliContext context)
            : base("ls", "List buckets, or the objects of one")
        {
            _context = context;
            Arguments.Add(_address);
            Options.Add(_recursive);
            SetAction(RunAsync);
        }

        private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
            var client = new ObjectClient(api, _context.Time);
            if (parse.GetValue(_address) is not { } text)
            {
                foreach (var (name, created) in await client.ListBucketsAsync(cancellationToken))
                {
                    _context.Output.Line($"{created:yyyy-MM-dd HH:mm:ss} {name}");
                }

                return 0;
            }

            var below = S3Address.Parse(text);
            await foreach (var item in client.ListAsync(below, folded: !parse.GetValue(_recursive), cancellationToken))
            {
                _context.Output.Line(item.Size is { } size
                    ? $"{item.Modified:yyyy-MM-dd HH:mm:ss} {size,12} {item.Key}"
                    : $"{"",19} {"folder",12} {item.Key}");
            }

            return 0;
        }
    }

    private sealed class RemoveObjectsCommand : Command
    {
        private const int AtOnce = 1_000;

        private readonly CliContext _context;
        private readonly Argument<string> _address = new("address") { Description = "s3://bucket/key" };
        private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Delete everything that begins with the key" };

        public RemoveObjectsCommand(CliContext context)
            : base("rm", "Delete objects")
        {
            _context = context;
            Arguments.Add(_address);
            Options.Add(_recursive);
            SetAction(RunAsync);
        }

        private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
            var client = new ObjectClient(api, _context.Time);
            var address = S3Address.Parse(parse.GetRequiredValue(_address));
            if (!parse.GetValue(_recursive))
            {
                if (address.Key.Length == 0)
                {
                    throw new CliException("this would delete all objects of the bucket", "say so with --recursive");
                }

                await client.DeleteAsync(address.Bucket, [address.Key], cancellationToken);
                _context.Output.Step($"{address} deleted");
                return 0;
            }

            var keys = new List<string>();
            await foreach (var item in client.ListAsync(address, folded: false, cancellationToken))
            {
                keys.Add(item.Key);
            }

            foreach (var piece in keys.Chunk(AtOnce))
            {
                await client.DeleteAsync(address.Bucket, piece, cancellationToken);
            }

            _context.Output.Step($"{Amounts.Count(keys.Count)} objects deleted");
            return 0;
        }
    }

    private sealed class PresignCommand : Command
    {
        private const int MaxSeconds = 604_800;

        private readonly CliContext _context;
        private readonly Argument<string> _address = new("address") { Description = "s3://bucket/key" };
        private readonly Option<int> _expires = new("--expires-in") { Description = "Seconds that the URL is valid, up to a week", DefaultValueFactory = _ => 3_600 };
        private readonly Option<string> _method = new("--method") { Description = "GET, or PUT to let somebody upload", DefaultValueFactory = _ => "GET" };

        public PresignCommand(CliContext context)
            : base("presign", "Print a URL with which anybody may fetch or upload an object")
        {
            _context = context;
            Arguments.Add(_address);
            Options.Add(_expires);
            Options.Add(_method.AcceptOnlyFromAmong("GET", "PUT", "HEAD", "DELETE"));
            SetAction(Run);
        }

        private int Run(ParseResult parse)
        {
            using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
            var seconds = parse.GetValue(_expires);
            if (seconds is < 1 or > MaxSeconds)
            {
                throw new CliException($"a URL is valid for 1 to {MaxSeconds} seconds");
            }

            var url = new ObjectClient(api, _context.Time).Presign(
                S3Address.Parse(parse.GetRequiredValue(_address)), parse.GetValue(_method)!, TimeSpan.FromSeconds(seconds));
            _context.Output.Line(url.OriginalString);
            return 0;
        }
    }
}
