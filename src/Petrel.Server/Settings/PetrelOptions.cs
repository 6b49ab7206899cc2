namespace Petrel.Server.Settings;

/// <summary>
/// The effective settings, one record an area. Sources, later ones win: defaults, <c>petrel.json</c>, <c>PETREL_*</c>, the command line.
/// </summary>
public sealed record PetrelOptions
{
    public EdgeOptions Edge { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    public FunctionOptions Functions { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();
}

public sealed record EdgeOptions
{
    /// <summary>The port that tools for local clouds look for.</summary>
    public int Port { get; init; } = 4566;

    /// <summary>The address to listen on. Another than loopback needs generated keys.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>The account of the root key.</summary>
    public string Account { get; init; } = "000000000000";

    /// <summary>Seconds that a signature's time may differ from the clock: the services' own 5 minutes.</summary>
    public int ClockSkewSeconds { get; init; } = 300;
}

public sealed record StorageOptions
{
    /// <summary>The data folder.</summary>
    public string Data { get; init; } = ".petrel";

    /// <summary><c>rocksdb</c>, <c>postgres</c> or <c>memory</c>.</summary>
    public string Engine { get; init; } = "rocksdb";

    /// <summary>Connection string of the PostgreSQL engine.</summary>
    public string? Postgres { get; init; }
}

public sealed record FunctionOptions
{
    /// <summary>Memory that all instances together may be promised; 0 takes three quarters of the machine's.</summary>
    public int MemoryBudgetMb { get; init; }

    /// <summary>Seconds after which an idle instance goes away.</summary>
    public int KeepAliveSeconds { get; init; } = 600;

    /// <summary>The account's concurrency: AWS's default of 1,000.</summary>
    public int AccountConcurrency { get; init; } = 1_000;
}

public sealed record TelemetryOptions
{
    /// <summary>Where OTLP goes; nothing is exported when it is null.</summary>
    public Uri? OtlpEndpoint { get; init; }
}
