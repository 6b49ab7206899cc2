using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>Tags of tables.</summary>
internal sealed class TagsApi(TableLedger ledger)
{
    private const int Page = 10;

    public async Task TagAsync(TagResourceRequest request, CallContext call)
    {
        var key = Parse(request.ResourceArn);
        if (request.Tags.Count == 0)
        {
            throw CommonException.Validation("Atleast one Tag needs to be provided as Input.");
        }

        await FindAsync(
            () => ledger.ChangeAsync(key, table => table with { Tags = TagRules.Add(table.Tags, request.Tags) }, call.Aborted),
            $": ResourcArn: {request.ResourceArn} not found");
    }

    public async Task UntagAsync(UntagResourceRequest request, CallContext call)
    {
        var key = Parse(request.ResourceArn);
        if (request.TagKeys.Count == 0)
        {
            throw CommonException.Validation("Atleast one Tag Key needs to be provided as Input.");
        }

        await FindAsync(
            () => ledger.ChangeAsync(key, table => table with { Tags = TagRules.Remove(table.Tags, request.TagKeys) }, call.Aborted), "");
    }

    /// <summary>Ten tags a page, in the order of keys; a token is the last key.</summary>
    public async Task<ListTagsOfResourceResult> ListAsync(ListTagsOfResourceRequest request, CallContext call)
    {
        var key = Parse(request.ResourceArn);
        var table = await FindAsync(() => ledger.GetAsync(key, call.Aborted), $": ResourcArn: {request.ResourceArn} not found");
        List<Tag> page =
        [
            .. table.Tags.OrderBy(static tag => tag.Key, StringComparer.Ordinal)
                .Where(tag => request.NextToken is not { } after || string.CompareOrdinal(tag.Key, after) > 0)
                .Select(static tag => new Tag(tag.Key, tag.Value))
                .Take(Page + 1),
        ];
        var next = page.Count > Page ? page[Page - 1].Key : null;
        return new ListTagsOfResourceResult([.. page.Take(Page)], next);
    }

    /// <summary>The service names the resource as it was asked for, with a letter less, and when tags are taken away not at all.</summary>
    private static async Task<TableState> FindAsync(Func<Task<TableState>> find, string what)
    {
        try
        {
            return await find();
        }
        catch (ResourceNotFoundException)
        {
            throw new ResourceNotFoundException("Requested resource not found" + what);
        }
    }

    private static TableKey Parse(string arn) =>
        TableArns.OfTable(arn) is { } key
            ? key
            : throw CommonException.Validation($"Invalid TableArn: Invalid ResourceArn provided as input {arn}");
}
