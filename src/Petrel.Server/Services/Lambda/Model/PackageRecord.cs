using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>A package whose bytes are kept.</summary>
internal sealed record PackageRecord(BlobRef Blob);

/// <summary>Since when a package may have no owner.</summary>
internal sealed record PackageDoubt(DateTimeOffset Since);
