using System.ComponentModel.DataAnnotations;

namespace Petrel.Server.Settings;

/// <summary>
/// The effective settings, one record an area. Sources, later ones win: defaults, <c>petrel.json</c>, <c>PETREL_*</c>, the command line
/// (see <see cref="SettingsLoader"/>, which finds the settings here by itself). Attributes say which values are valid.
/// </summary>
public sealed record PetrelOptions
{
    public EdgeOptions Edge { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    public FunctionOptions Functions { get; init; } = new();

    public ImageOptions Images { get; init; } = new();

    public LogOptions Logs { get; init; } = new();

    public DynamodbOptions Dynamodb { get; init; } = new();

    public ObjectOptions Objects { get; init; } = new();

    public MeteringOptions Metering { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();
}

public sealed record EdgeOptions
{
    /// <summary>The port that tools for local clouds look for; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 4566;

    /// <summary>The address to listen on. Another than loopback needs generated keys.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>The account of the root key.</summary>
    [RegularExpression("[0-9]{12}", ErrorMessage = "is not an account number: 12 digits")]
    public string Account { get; init; } = "000000000000";

    /// <summary>Seconds that a signature's time may differ from the clock: the services' own 5 minutes.</summary>
    [Range(1, 86_400)]
    public int ClockSkewSeconds { get; init; } = 300;

    /// <summary>Requests in work at once; one more answers 503. Kestrel's own queue is unbounded, memory is not.</summary>
    [Range(1, 1_000_000)]
    public int MaxRequests { get; init; } = 10_000;

    /// <summary>Memory for request bodies that are held whole, all together; a body that needs more answers 503.</summary>
    [Range(128, 1_048_576)]
    public int BodyMemoryMb { get; init; } = 1_024;

    /// <summary>Seconds in which a client must have sent its headers: Kestrel's own 30.</summary>
    [Range(1, 3_600)]
    public int HeaderTimeoutSeconds { get; init; } = 30;

    /// <summary>Seconds after which a body must come at <see cref="MinBodyBytesPerSecond"/>: Kestrel's own 5.</summary>
    [Range(1, 3_600)]
    public int BodyGraceSeconds { get; init; } = 5;

    /// <summary>The slowest that a body may come: Kestrel's own 240.</summary>
    [Range(1, 1_048_576)]
    public int MinBodyBytesPerSecond { get; init; } = 240;

    /// <summary>A PKCS #12 or PEM file; with it the port speaks TLS beside plain HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>The PEM file of the certificate's key, where it is not in the same file.</summary>
    public string? CertificateKey { get; init; }
}

public sealed record StorageOptions
{
    /// <summary>The data folder; the program's own default is <c>.petrel</c> in the user's home.</summary>
    public string Data { get; init; } = ".petrel";

    /// <summary>The file of the generated root keys, in <see cref="Data"/> unless it is an absolute path; <c>petrel keys</c> writes it.</summary>
    public string Keys { get; init; } = "keys.json";

    /// <summary><c>rocksdb</c>, <c>postgres</c> or <c>memory</c>.</summary>
    [AllowedValues("rocksdb", "postgres", "memory")]
    public string Engine { get; init; } = "rocksdb";

    /// <summary>Connection string of the PostgreSQL engine.</summary>
    [Secret]
    public string? Postgres { get; init; }
}

public sealed record ObjectOptions
{
    /// <summary>
    /// <c>on</c> seals the bytes of new objects with keys below <c>master.key</c>, as S3 does; <c>off</c> stores them as they are, and answers
    /// say so. What is there already is read either way.
    /// </summary>
    [AllowedValues("on", "off")]
    public string Encryption { get; init; } = "on";
}

public sealed record FunctionOptions
{
    /// <summary>Memory that all instances together may be promised; 0 takes three quarters of the machine's.</summary>
    [Range(0, int.MaxValue)]
    public int MemoryBudgetMb { get; init; }

    /// <summary>Where functions may connect to that do not choose for themselves with the variable <c>PETREL_EGRESS</c>.</summary>
    [AllowedValues("none", "outside", "all-but-private")]
    public string Egress { get; init; } = "outside";

    /// <summary>Seconds after which an idle instance goes away.</summary>
    [Range(1, 86_400)]
    public int KeepAliveSeconds { get; init; } = 600;

    /// <summary>
    /// Memory of their own that processes may use which are started before a function needs them, all together; 0 starts none. About
    /// 25 of the three languages' processes fit.
    /// </summary>
    [Range(0, 1_048_576)]
    public int PrestartMemoryMb { get; init; } = 256;

    /// <summary>What starting them may use of one processor, in the mean, in percent.</summary>
    [Range(1, 6_400)]
    public int PrestartCpuPercent { get; init; } = 100;

    /// <summary>The account's concurrency: AWS's default of 1,000.</summary>
    [Range(1, 1_000_000)]
    public int AccountConcurrency { get; init; } = 1_000;

    /// <summary>Asynchronous events that may wait for one function; more answer 429 until some have run.</summary>
    [Range(1, 1_000_000_000)]
    public int AsyncQueueLength { get; init; } = 1_000_000;

    /// <summary>
    /// Whether calling a function URL needs <c>lambda:InvokeFunction</c> beside <c>lambda:InvokeFunctionUrl</c>, as AWS asks of URLs
    /// made since October 2025. Off, because most existing templates grant only the latter.
    /// </summary>
    public bool UrlsNeedInvokeFunction { get; init; }
}

/// <summary>Container images as functions.</summary>
public sealed record ImageOptions
{
    /// <summary>Registries that are spoken to without TLS, separated by commas; those on this machine's loopback are in any case.</summary>
    public string InsecureRegistries { get; init; } = "";

    /// <summary>Other registries in place of those that functions name, as <c>named=used</c>, separated by commas: for a copy of a cloud's.</summary>
    [RegularExpression(@"([^=,\s]+=[^=,\s]+(,[^=,\s]+=[^=,\s]+)*)?", ErrorMessage = "is not a list like named.example=localhost:5000,other=…")]
    public string Mirrors { get; init; } = "";

    /// <summary>The file with the registries' passwords, as <c>skopeo login</c> or <c>docker login</c> writes it.</summary>
    public string? AuthFile { get; init; }

    /// <summary>Bytes of an unpacked image: Lambda's 10 GB.</summary>
    [Range(1, 1_048_576)]
    public int MaxMb { get; init; } = 10_240;
}

/// <summary>Log groups: what functions print and clients put.</summary>
public sealed record LogOptions
{
    /// <summary>Disk that one log group may fill; its oldest events go when it is full. About two million lines of 250 bytes.</summary>
    [Range(2, 1_048_576)]
    public int MaxGroupMb { get; init; } = 512;

    /// <summary>Size of a group's files: the piece in which old events go.</summary>
    [Range(1, 1_024)]
    public int SegmentMb { get; init; } = 8;
}

/// <summary>Tables and their streams.</summary>
public sealed record DynamodbOptions
{
    /// <summary>Shards of the stream of a table that is paid by request; a table with provisioned throughput has one for each 1,000 write units.</summary>
    [Range(1, 64)]
    public int StreamShards { get; init; } = 1;

    /// <summary>Seconds between looks for items that have expired. The service promises days.</summary>
    [Range(1, 86_400)]
    public int TtlSweepSeconds { get; init; } = 1;
}

/// <summary>What functions use, and what it costs.</summary>
public sealed record MeteringOptions
{
    /// <summary>Seconds of usage that a kill of the daemon can lose: so often it goes to the store.</summary>
    [Range(1, 300)]
    public int FlushSeconds { get; init; } = 5;

    /// <summary>Days that hours of usage are kept: thirteen months, so that a month can be compared with that of the year before.</summary>
    [Range(1, 36_500)]
    public int RetentionDays { get; init; } = 396;

    /// <summary>A price table of one's own; null for the one that comes with the program (<c>petrel usage --prices</c> prints it).</summary>
    public string? Prices { get; init; }
}

public sealed record TelemetryOptions
{
    /// <summary>Where OTLP goes; nothing is exported when it is null.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary><c>grpc</c> or <c>http</c> (protobuf to <c>/v1/traces</c> and <c>/v1/metrics</c>); by default gRPC for port 4317, else HTTP.</summary>
    [AllowedValues("grpc", "http")]
    public string? OtlpProtocol { get; init; }
}
