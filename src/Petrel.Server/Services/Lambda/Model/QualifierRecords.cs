namespace Petrel.Server.Services.Lambda.Model;

/// <summary>A function URL. Its id stands in the host name.</summary>
/// <param name="Qualifier">The alias that it invokes; null for <c>$LATEST</c>.</param>
/// <param name="AuthType"><c>NONE</c> or <c>AWS_IAM</c>.</param>
/// <param name="InvokeMode"><c>BUFFERED</c> or <c>RESPONSE_STREAM</c>.</param>
internal sealed record UrlRecord(
    string UrlId,
    string? Qualifier,
    string AuthType,
    string InvokeMode,
    CorsRecord? Cors,
    DateTimeOffset Created,
    DateTimeOffset LastModified);

internal sealed record CorsRecord(
    bool? AllowCredentials,
    string[]? AllowHeaders,
    string[]? AllowMethods,
    string[]? AllowOrigins,
    string[]? ExposeHeaders,
    int? MaxAge);

/// <summary>A function with an alias or version of it: where a URL's id leads.</summary>
internal sealed record QualifiedName(FunctionKey Function, string? Qualifier);

/// <summary>What happens with asynchronous invocations of a qualifier.</summary>
/// <param name="Qualifier"><c>$LATEST</c>, a version or an alias.</param>
internal sealed record EventInvokeRecord(
    string Qualifier,
    DateTimeOffset LastModified,
    int? MaximumRetryAttempts,
    int? MaximumEventAgeSeconds,
    string? OnSuccess,
    string? OnFailure);

/// <summary>The resource policy of a function or of one of its versions or aliases.</summary>
/// <param name="Qualifier">Null for the function itself.</param>
/// <param name="Statements">Each the JSON of one statement, in the order of their addition.</param>
internal sealed record PolicyRecord(string? Qualifier, string RevisionId, PolicyStatement[] Statements)
{
    public string ToJson() =>
        $$"""{"Version":"2012-10-17","Id":"default","Statement":[{{string.Join(',', Statements.Select(s => s.Json))}}]}""";
}

internal sealed record PolicyStatement(string Sid, string Json);

/// <summary>Provisioned concurrency of a version or an alias.</summary>
internal sealed record ProvisionedRecord(string Qualifier, int Requested, DateTimeOffset LastModified);
