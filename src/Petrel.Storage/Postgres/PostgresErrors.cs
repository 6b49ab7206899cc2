using Npgsql;

namespace Petrel.Storage.Postgres;

/// <summary>PostgreSQL's errors as the store's exceptions.</summary>
internal static class PostgresErrors
{
    /// <summary>The transaction met another and may run again: it left nothing behind.</summary>
    public static bool IsConflict(NpgsqlException exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    public static StoreException Translate(NpgsqlException exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new StoreFullException(exception.Message, exception),
        PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } =>
            new StoreCorruptException(exception.Message, exception),
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => new StoreBusyException(exception.Message),
        _ => new StoreException($"PostgreSQL: {exception.Message}", exception),
    };
}
