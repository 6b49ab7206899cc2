using System.Security.Cryptography;
using System.Text.Json;
using Petrel.Aws.Lambda;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>When a function may be changed, and what counts as a change.</summary>
internal static class FunctionRules
{
    /// <exception cref="ResourceConflictException">The function is being created or updated.</exception>
    public static void RequireSettled(FunctionRecord function)
    {
        if (function.Latest.State.Status == FunctionStates.Pending)
        {
            throw new ResourceConflictException(
                "The operation cannot be performed at this time. The function is currently in the following state: Pending");
        }

        if (function.Latest.LastUpdate?.Status == FunctionStates.InProgress)
        {
            throw new ResourceConflictException(
                $"The operation cannot be performed at this time. An update is in progress for resource: {function.Key.Arn}");
        }
    }

    /// <exception cref="PreconditionFailedException">The caller knows another revision.</exception>
    public static void RequireRevision(string? asked, string current, string source = "GetFunction/GetAlias")
    {
        if (asked is not null && asked != current)
        {
            throw new PreconditionFailedException(
                $"The Revision Id provided does not match the latest Revision Id. Call the {source} API to retrieve the latest Revision Id");
        }
    }

    /// <exception cref="InvalidParameterValueException">Code and layers together are too large.</exception>
    public static void CheckUnpackedSize(CodeRecord code, IEnumerable<LayerUse> layers)
    {
        var bytes = code.UnpackedBytes + layers.Sum(layer => layer.Code.UnpackedBytes);
        if (bytes > Limits.UnzippedBytes)
        {
            throw new InvalidParameterValueException(
                $"Function code combined with layers exceeds the maximum allowed size of {Limits.UnzippedBytes} bytes. "
                + $"The actual size is {bytes} bytes.");
        }
    }

    /// <summary>Equal for versions with the same code and configuration.</summary>
    public static string Fingerprint(VersionRecord version)
    {
        var content = version with
        {
            Version = "",
            ConfigId = 0,
            RevisionId = "",
            LastModified = default,
            State = FunctionPreparation.Active,
            LastUpdate = null,
        };
        return Convert.ToBase64String(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, RecordJson.Default.VersionRecord)));
    }

    /// <summary>The next version of a function, made of <c>$LATEST</c> as it is now.</summary>
    public static (FunctionRecord Function, VersionRecord Version) Publish(FunctionRecord function, string? description, NewIds ids)
    {
        var number = function.LastVersion + 1;
        var version = function.Latest with
        {
            Version = number.ToString(),
            ConfigId = ids.ConfigId,
            RevisionId = ids.VersionRevision,
            Description = description ?? function.Latest.Description,
        };
        var published = function with
        {
            LastVersion = number,
            LastPublishedFingerprint = Fingerprint(function.Latest),
            Latest = function.Latest with { RevisionId = ids.LatestRevision },
        };
        return (published, version);
    }
}

/// <summary>Fresh identifiers for a publication, made before its transaction, which may run again.</summary>
internal readonly record struct NewIds(ulong ConfigId, string VersionRevision, string LatestRevision);
