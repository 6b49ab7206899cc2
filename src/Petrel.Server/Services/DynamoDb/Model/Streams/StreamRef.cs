using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Petrel.Server.Services.DynamoDb.Model.Streams;

/// <summary>A stream's ARN, taken apart.</summary>
internal sealed partial record StreamRef(string Account, string Region, string Table, string Label)
{
    public static bool TryParse(string arn, [NotNullWhen(true)] out StreamRef? stream)
    {
        var match = Form().Match(arn);
        stream = match.Success
            ? new StreamRef(match.Groups["account"].Value, match.Groups["region"].Value, match.Groups["table"].Value, match.Groups["label"].Value)
            : null;
        return stream is not null;
    }

    [GeneratedRegex(
        @"^arn:aws[a-z-]*:dynamodb:(?<region>[a-z0-9-]+):(?<account>\d{12}):table/(?<table>[a-zA-Z0-9_.-]{1,255})/stream/(?<label>[0-9T:.-]{1,64})$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}

/// <summary>How shards and positions are called outside.</summary>
internal static class StreamNames
{
    /// <summary>Sequence numbers have 21 digits at least; positions have 20 at most.</summary>
    private const string SequencePrefix = "1";

    public static string ShardId(StreamRecord stream, int shard) => string.Create(
        CultureInfo.InvariantCulture, $"shardId-{stream.CreatedAt:D20}-{shard:x8}");

    /// <summary>Null for a shard that the stream does not have.</summary>
    public static int? FindShard(StreamRecord stream, string shardId)
    {
        var dash = shardId.LastIndexOf('-');
        return dash > 0
            && int.TryParse(shardId.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var shard)
            && shard >= 0 && shard < stream.Stream.Shards && ShardId(stream, shard) == shardId
                ? shard
                : null;
    }

    public static string Sequence(ulong position) => SequencePrefix + position.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>Null for a text that is no sequence number of a stream here.</summary>
    public static ulong? ParseSequence(string sequence) =>
        sequence.Length == 21 && sequence.StartsWith(SequencePrefix, StringComparison.Ordinal)
        && ulong.TryParse(sequence.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : null;
}
