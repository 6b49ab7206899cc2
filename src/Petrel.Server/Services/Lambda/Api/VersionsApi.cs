using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>PublishVersion and ListVersionsByFunction.</summary>
internal sealed class VersionsApi(FunctionLedger ledger, Preparation preparation)
{
    public async Task<FunctionConfiguration> PublishAsync(PublishVersionRequest request, CallContext call)
    {
        Unsupported.Reject(request);
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var ids = preparation.NewIds();
        return await ledger.ChangeAsync(reference, call, async (tx, function) =>
        {
            FunctionRules.RequireSettled(function);
            FunctionRules.RequireRevision(request.RevisionId, function.Latest.RevisionId);
            RequireCode(request.CodeSha256, function.Latest.Code.Sha256);
            if (await UnchangedAsync(tx, function) is { } present)
            {
                return ledger.View(function, present, present.Version);
            }

            await PackageLibrary.RequireSpaceAsync(tx, function.Key.Account, function.Key.Region, function.Latest.Code);
            var (published, version) = FunctionRules.Publish(function, request.Description, ids);
            FunctionChange.Put(tx, function, published, ledger.Now);
            FunctionChange.PutVersion(tx, published, version, ledger.Now);
            return ledger.View(published, version, version.Version);
        });
    }

    public async Task<ListVersionsByFunctionResult> ListAsync(ListVersionsByFunctionRequest request, CallContext call)
    {
        var reference = FunctionRef.Parse(request.FunctionName, call) with { Qualifier = null };
        var limit = PageMarker.Limit(request.MaxItems);
        var after = PageMarker.Read(request.Marker);
        return await ledger.ReadAsync(reference, call, async (tx, function) =>
        {
            var found = new List<FunctionConfiguration>();
            if (after is null)
            {
                found.Add(ledger.ListItem(function, function.Latest, VersionName.Latest));
            }

            var from = after is not null && VersionName.TryParse(after, out var number) ? number : 0;
            var page = await VersionStore.ListAsync(tx, function.Id, from, limit + 1 - found.Count);
            found.AddRange(page.Select(version => ledger.ListItem(function, version, version.Version)));
            var next = PageMarker.Cut(found, limit, version => version.Version);
            return new ListVersionsByFunctionResult(found, next);
        });
    }

    /// <summary>The newest version, when nothing has changed since it was published.</summary>
    private static async ValueTask<VersionRecord?> UnchangedAsync(IReadTransaction tx, FunctionRecord function) =>
        function.LastPublishedFingerprint == FunctionRules.Fingerprint(function.Latest)
            ? await VersionStore.GetAsync(tx, function.Id, function.LastVersion)
            : null;

    private static void RequireCode(string? asked, string current)
    {
        if (!string.IsNullOrEmpty(asked) && asked != current)
        {
            throw new InvalidParameterValueException(
                $"CodeSHA256 ({asked}) is different from current CodeSHA256 in $LATEST ({current}). "
                + "Please try again with the CodeSHA256 in $LATEST.");
        }
    }
}
