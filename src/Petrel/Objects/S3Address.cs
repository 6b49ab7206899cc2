namespace Petrel.Objects;

/// <summary><c>s3://bucket/key</c>; the key may be a prefix, or empty.</summary>
internal sealed record S3Address(string Bucket, string Key)
{
    private const string Scheme = "s3://";

    /// <summary>Where a copy of something called <paramref name="name"/> goes: below a folder, or to the key itself.</summary>
    public S3Address Below(string name) => Key.Length == 0 || Key.EndsWith('/') ? this with { Key = Key + name } : this;

    public static bool IsAddress(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <exception cref="CliException">The text is no address.</exception>
    public static S3Address Parse(string text)
    {
        var rest = IsAddress(text) ? text[Scheme.Length..] : "";
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? rest : rest[..slash];
        return bucket.Length > 0
            ? new S3Address(bucket, slash < 0 ? "" : rest[(slash + 1)..])
            : throw new CliException($"{text} is no address in a bucket", "an address looks like s3://bucket/key");
    }

    public override string ToString() => $"{Scheme}{Bucket}/{Key}";
}
