using System.Text.Json.Serialization;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>
/// The records as JSON, made when the program is built: the first transactions after a start are not held up while the serialiser
/// learns the shapes.
/// </summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FunctionRecord))]
[JsonSerializable(typeof(VersionRecord))]
[JsonSerializable(typeof(AliasRecord))]
[JsonSerializable(typeof(PolicyRecord))]
[JsonSerializable(typeof(EventInvokeRecord))]
[JsonSerializable(typeof(ProvisionedRecord))]
[JsonSerializable(typeof(UrlRecord))]
[JsonSerializable(typeof(QualifiedName))]
[JsonSerializable(typeof(MappingRecord))]
[JsonSerializable(typeof(Store.MappingUuid))]
[JsonSerializable(typeof(ShardCheckpoint))]
[JsonSerializable(typeof(WindowState))]
[JsonSerializable(typeof(MappingFailure))]
[JsonSerializable(typeof(LayerRecord))]
[JsonSerializable(typeof(LayerVersionRecord))]
[JsonSerializable(typeof(PackageRecord))]
[JsonSerializable(typeof(PackageDoubt))]
internal sealed partial class RecordJson : JsonSerializerContext;
