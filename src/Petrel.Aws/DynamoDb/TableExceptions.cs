using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

/// <summary>A table, an index or another resource that is not there, or not yet.</summary>
public sealed class ResourceNotFoundException(string message) : ServiceException("ResourceNotFoundException", message, 400)
{
    /// <summary>What operations on items say.</summary>
    public static ResourceNotFoundException Requested() => new("Requested resource not found");

    /// <summary>What operations on tables say.</summary>
    public static ResourceNotFoundException Table(string name) => new($"Requested resource not found: Table: {name} not found");
}

/// <summary>The resource is being changed, or is there already.</summary>
public sealed class ResourceInUseException(string message) : ServiceException("ResourceInUseException", message, 400)
{
    public static ResourceInUseException Exists(string table) => new($"Table already exists: {table}");
}

/// <summary>More tables, or changes at once, than an account may have.</summary>
public sealed class LimitExceededException(string message) : ServiceException("LimitExceededException", message, 400);

public sealed class TableAlreadyExistsException(string message) : ServiceException("TableAlreadyExistsException", message, 400);

public sealed class TableNotFoundException(string message) : ServiceException("TableNotFoundException", message, 400);

public sealed class TableInUseException(string message) : ServiceException("TableInUseException", message, 400);

public sealed class BackupNotFoundException(string message) : ServiceException("BackupNotFoundException", message, 400);

public sealed class BackupInUseException(string message) : ServiceException("BackupInUseException", message, 400);

public sealed class ContinuousBackupsUnavailableException(string message)
    : ServiceException("ContinuousBackupsUnavailableException", message, 400);

public sealed class PointInTimeRecoveryUnavailableException(string message)
    : ServiceException("PointInTimeRecoveryUnavailableException", message, 400);

public sealed class InvalidRestoreTimeException(string message) : ServiceException("InvalidRestoreTimeException", message, 400);

public sealed class PolicyNotFoundException(string message) : ServiceException("PolicyNotFoundException", message, 400);
