using System.Text;
using CsCheck;
using Petrel.Aws.S3;

namespace Petrel.Tests.S3;

public sealed class ListingTests
{
    private static readonly Gen<string> AnyKey = Gen.OneOf<char>('a', 'b', '/', '\u00E9', '\uFFFD').Array[1, 5].Select(chars => new string(chars));

    private static readonly string?[] Delimiters = [null, "/", "b/", "\u00E9"];

    private static readonly Gen<string?> AnyDelimiter = Gen.Int[0, 3].Select(i => Delimiters[i]);

    [Fact]
    public void List_AnyKeysPrefixAndDelimiter_AnswersAsTheModelDoes() =>
        Gen.Select(AnyKey.List[0, 30], Gen.OneOf(AnyKey, Gen.Const("")), AnyDelimiter, Gen.Int[1, 4])
            .Sample((keys, prefix, delimiter, page) => RunAsync([.. keys], prefix, delimiter, page).GetAwaiter().GetResult(), iter: 200, threads: 1);

    private static async Task RunAsync(HashSet<string> keys, string prefix, string? delimiter, int page)
    {
        await using var host = await S3Host.WithBucketAsync();
        foreach (var key in keys)
        {
            await host.PutAsync(key, [1]);
        }

        var expected = Expect(keys, prefix, delimiter);
        Assert.Equal(expected, await PagesAsync(host, prefix, delimiter, page));
        Assert.Equal(expected, await PagesAsync(host, prefix, delimiter, 1_000));
    }

    private static List<string> Expect(HashSet<string> keys, string prefix, string? delimiter)
    {
        var found = new HashSet<string>();
        foreach (var key in keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var at = delimiter is null ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            found.Add(at < 0 ? key : key[..(at + delimiter!.Length)] + "*");
        }

        return [.. found.OrderBy(k => Encoding.UTF8.GetBytes(k.TrimEnd('*')), Bytes)];
    }

    private static async Task<List<string>> PagesAsync(S3Host host, string prefix, string? delimiter, int page)
    {
        var all = new List<string>();
        string? token = null;
        do
        {
            var request = new ListObjectsV2Request(S3Host.Bucket, prefix, delimiter, ContinuationToken: token, MaxKeys: page.ToString());
            var answer = (await host.S3.ListObjectsV2(request, host.Call)).Result;
            Assert.True(answer.KeyCount <= page);
            all.AddRange(answer.Contents!.Select(o => o.Key).Concat(answer.CommonPrefixes!.Select(p => p.Prefix + "*"))
                .OrderBy(k => Encoding.UTF8.GetBytes(k.TrimEnd('*')), Bytes));
            Assert.Equal(answer.IsTruncated, answer.NextContinuationToken is not null);
            token = answer.NextContinuationToken;
        }
        while (token is not null);

        return all;
    }

    private static readonly Comparer<byte[]> Bytes = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));
}
