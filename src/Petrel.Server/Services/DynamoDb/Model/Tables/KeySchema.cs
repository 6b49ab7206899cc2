using System.Text.Json.Serialization;
using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>An attribute of a key: a string, a number or a binary.</summary>
internal sealed record KeyAttribute(string Name, AttributeType Type);

/// <summary>The key of a table or an index: a partition attribute, and a sort attribute or none.</summary>
internal sealed record KeySchema(KeyAttribute Partition, KeyAttribute? Sort = null)
{
    [JsonIgnore]
    public int Count => Sort is null ? 1 : 2;

    [JsonIgnore]
    public IEnumerable<KeyAttribute> Attributes => Sort is null ? [Partition] : [Partition, Sort];

    public KeyAttribute? Find(string name) => Partition.Name == name ? Partition : Sort?.Name == name ? Sort : null;
}
