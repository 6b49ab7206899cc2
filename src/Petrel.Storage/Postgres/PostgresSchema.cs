using Npgsql;

namespace Petrel.Storage.Postgres;

/// <summary>The tables: keys and values, counters as rows of differences, logs by position. Made when they are missing.</summary>
internal static class PostgresSchema
{
    public const int CurrentFormat = 1;

    /// <summary>Nobody else makes the tables meanwhile; any number that no other program is likely to take.</summary>
    private const long CreationLock = 0x5065_7472_656C;

    private const string Create = """
        CREATE TABLE IF NOT EXISTS petrel_format (version int NOT NULL);
        INSERT INTO petrel_format SELECT 1 WHERE NOT EXISTS (SELECT FROM petrel_format);
        CREATE TABLE IF NOT EXISTS petrel_data (key bytea PRIMARY KEY, value bytea NOT NULL);
        CREATE TABLE IF NOT EXISTS petrel_counters (key bytea NOT NULL, delta bigint NOT NULL);
        CREATE INDEX IF NOT EXISTS petrel_counters_key ON petrel_counters (key);
        CREATE SEQUENCE IF NOT EXISTS petrel_positions;
        CREATE TABLE IF NOT EXISTS petrel_logs (log bytea, position bigint, value bytea NOT NULL, PRIMARY KEY (log, position));
        """;

    public static async Task EnsureAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({CreationLock})", cancellationToken);
        await ExecuteAsync(connection, Create, cancellationToken);
        await using (var command = new NpgsqlCommand("SELECT max(version) FROM petrel_format", connection))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is int version && version > CurrentFormat)
            {
                throw new StoreException($"The database has format {version}, written by a newer Petrel; this one reads up to {CurrentFormat}.");
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
