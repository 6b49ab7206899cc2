using CsCheck;
using Petrel.Aws.S3;

namespace Petrel.Tests.S3;

/// <summary>Random writes and deletions in a bucket of any versioning, against a list of versions that does the same naively.</summary>
public sealed class VersioningTests
{
    private static readonly string[] Keys = ["a", "a/b", "b"];

    private static readonly Gen<Step> AnyStep = Gen.Frequency<Step>(
        (5, Gen.Int[0, 2].Select(key => (Step)new PutStep(Keys[key]))),
        (3, Gen.Int[0, 2].Select(key => (Step)new DeleteStep(Keys[key]))),
        (3, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 5], (key, nth) => (Step)new DeleteVersionStep(Keys[key], nth))),
        (1, Gen.Bool.Select(on => (Step)new VersioningStep(on ? "Enabled" : "Suspended"))));

    [Fact]
    public void Versions_AnySequence_AnswerAsTheModelDoes() => AnyStep.List[1, 25].Sample(
        steps => RunAsync(steps).GetAwaiter().GetResult(), iter: 150, threads: 1);

    private static async Task RunAsync(List<Step> steps)
    {
        await using var host = await S3Host.WithBucketAsync();
        var model = new Model();
        var value = 0;
        foreach (var step in steps)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(-1));
            switch (step)
            {
                case VersioningStep(var status):
                    await host.SetVersioningAsync(status);
                    model.Versioning = status;
                    break;
                case PutStep(var key):
                    var bytes = BitConverter.GetBytes(++value);
                    model.Put(key, (await host.PutAsync(key, bytes)).VersionId, bytes);
                    break;
                case DeleteStep(var key):
                    model.Delete(key, (await host.DeleteAsync(key)).VersionId);
                    break;
                case DeleteVersionStep(var key, var nth) when model.Of(key).Count > nth && model.Versioning is not null:
                    var version = model.Of(key)[nth].Id;
                    await host.DeleteAsync(key, version);
                    model.Of(key).RemoveAt(nth);
                    break;
            }

            await CompareAsync(host, model);
        }

        await host.CollectAsync();
        Assert.Empty(host.Files);
    }

    private static async Task CompareAsync(S3Host host, Model model)
    {
        var expected = Keys.SelectMany(key => model.Of(key).Select((v, i) => (key, v.Id, v.Bytes is null, i == 0))).ToList();
        Assert.Equal(expected, await ListAsync(host, "1"));
        foreach (var size in (string[])["2", "1000"])
        {
            Assert.Equal(expected.ToHashSet(), (await ListAsync(host, size)).ToHashSet());
        }

        foreach (var key in Keys)
        {
            var newest = model.Of(key).FirstOrDefault();
            if (newest?.Bytes is { } bytes)
            {
                Assert.Equal(bytes, await host.GetAsync(key));
            }
            else
            {
                Assert.Equal(404, (await Assert.ThrowsAsync<S3Exception>(() => host.GetAsync(key))).Status);
            }

            foreach (var version in model.Of(key).Where(v => v.Bytes is not null))
            {
                Assert.Equal(version.Bytes, await host.GetAsync(key, version: version.Id));
            }
        }

        var listed = await host.S3.ListObjectsV2(new ListObjectsV2Request(S3Host.Bucket), host.Call);
        Assert.Equal(Keys.Where(key => model.Of(key) is [{ Bytes: not null }, ..]), listed.Result.Contents!.Select(o => o.Key));
    }

    private static async Task<List<(string, string, bool, bool)>> ListAsync(S3Host host, string pageSize)
    {
        var all = new List<(string, string, bool, bool)>();
        string? key = null;
        string? version = null;
        while (true)
        {
            var page = await host.S3.ListObjectVersions(
                new ListObjectVersionsRequest(S3Host.Bucket, KeyMarker: key, VersionIdMarker: version, MaxKeys: pageSize), host.Call);
            var entries = page.Versions!.Select(v => (v.Key, v.VersionId, false, v.IsLatest))
                .Concat(page.DeleteMarkers!.Select(m => (m.Key, m.VersionId, true, m.IsLatest)));

            // The two kinds are told apart in an answer, so that only pages of one tell their order.
            all.AddRange(entries);
            if (!page.IsTruncated)
            {
                return all;
            }

            (key, version) = (page.NextKeyMarker, page.NextVersionIdMarker);
        }
    }

    private abstract record Step;

    private sealed record PutStep(string Key) : Step;

    private sealed record DeleteStep(string Key) : Step;

    private sealed record DeleteVersionStep(string Key, int Nth) : Step;

    private sealed record VersioningStep(string Status) : Step;

    private sealed record Version(string Id, byte[]? Bytes);

    private sealed class Model
    {
        private readonly Dictionary<string, List<Version>> _versions = Keys.ToDictionary(key => key, _ => new List<Version>());

        public string? Versioning { get; set; }

        public List<Version> Of(string key) => _versions[key];

        public void Put(string key, string? id, byte[] bytes) => Add(key, id, bytes);

        public void Delete(string key, string? id)
        {
            if (Versioning is null)
            {
                Of(key).Clear();
                return;
            }

            Add(key, id, null);
        }

        private void Add(string key, string? id, byte[]? bytes)
        {
            if (Versioning != "Enabled")
            {
                Assert.Equal(Versioning is null ? null : "null", id);
                Of(key).RemoveAll(v => v.Id == "null");
            }

            Of(key).Insert(0, new Version(id ?? "null", bytes));
        }
    }
}
