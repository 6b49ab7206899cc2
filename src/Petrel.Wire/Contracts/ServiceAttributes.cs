namespace Petrel.Wire;

/// <summary>The protocols in which AWS services speak.</summary>
public enum Protocol
{
    /// <summary>JSON bodies, the operation in <c>X-Amz-Target</c>, content type <c>application/x-amz-json-1.0</c>.</summary>
    Json10,

    /// <summary>The same with content type <c>application/x-amz-json-1.1</c>.</summary>
    Json11,

    /// <summary>Method and path name the operation; members travel in path, query, headers and a JSON body.</summary>
    RestJson,

    /// <summary>The same with XML bodies.</summary>
    RestXml,

    /// <summary>Form parameters with <c>Action=</c>, answers in XML.</summary>
    Query,
}

/// <summary>How the names of a service's members are written, when they are not given one by one with <see cref="WireNameAttribute"/>.</summary>
public enum MemberCase
{
    /// <summary>As the record's parameters are: <c>FunctionName</c>.</summary>
    Pascal,

    /// <summary>With a small first letter: <c>logGroupName</c>.</summary>
    Camel,
}

/// <summary>
/// Marks a contract: a hand-written interface, one method an operation, each of the form
/// <c>Task&lt;TResult&gt; Operation(TRequest request, CallContext call)</c> (or <c>Task</c> where the answer has no members). Requests and
/// results are positional records; a parameter without default is required, and <c>null</c> members are left out of answers.
/// </summary>
/// <param name="signingName">The service in a signature's scope, by which requests are routed: <c>lambda</c>.</param>
/// <param name="protocol">The first protocol; <see cref="AlsoSpeaks"/> adds others of the same contract.</param>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class AwsServiceAttribute(string signingName, Protocol protocol) : Attribute
{
    public string SigningName { get; } = signingName;

    public Protocol Protocol { get; } = protocol;

    public Protocol[] AlsoSpeaks { get; init; } = [];

    /// <summary>The API version: it stands in query requests and answers' XML namespace.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>What stands before the dot in <c>X-Amz-Target</c>: <c>Logs_20140328</c>.</summary>
    public string TargetPrefix { get; init; } = "";

    public string XmlNamespace { get; init; } = "";

    public MemberCase MemberCase { get; init; } = MemberCase.Pascal;

    /// <summary>The prefix of the service's actions in policies, where it is not the signing name.</summary>
    public string? ActionPrefix { get; init; }

    /// <summary>The code for an input that breaks a limit, where it is not <c>ValidationException</c>: <c>InvalidParameterException</c>.</summary>
    public string? ValidationCode { get; init; }

    /// <summary>What stands before the hash in the <c>__type</c> of the service's errors: <c>com.amazonaws.dynamodb.v20120810</c>.</summary>
    public string ErrorNamespace { get; init; } = "";

    /// <summary>Operations that the real service has and this contract lacks: they answer 501 by name. REST ones as <c>GET /path/{X} Name</c>.</summary>
    public string[] NotImplemented { get; init; } = [];
}

/// <summary>
/// Method and path template of a REST operation: <c>[Http("GET", "/2015-03-31/functions/{FunctionName}")]</c>. A label <c>{Key+}</c> takes
/// the rest of the path; a query literal (<c>?list-type=2</c>) tells operations of one path apart.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HttpAttribute(string method, string path) : Attribute
{
    public string Method { get; } = method;

    public string Path { get; } = path;

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>A header that the request must have, where method, path and query are those of another operation too.</summary>
    public string? Header { get; init; }
}

/// <summary>
/// What authorisation at step 6 asks for: the action (the operation's name unless given) and the resource as an ARN's last part, with
/// request members in braces: <c>[Access("function:{FunctionName}")]</c>; <c>*</c> where the action has no resource.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AccessAttribute(string resource) : Attribute
{
    public string Resource { get; } = resource;

    /// <summary>The action's name where it is not the operation's: <c>InvokeFunction</c> for <c>Invoke</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Any valid caller may call it (<c>GetCallerIdentity</c>): no policy is asked.</summary>
    public bool Open { get; init; }
}

/// <summary>The largest request body that the operation takes, in bytes; a larger one answers 413. 6 MB unless given.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BodyLimitAttribute(long bytes) : Attribute
{
    public long Bytes { get; } = bytes;

    /// <summary>The error's name, where the operation has one of its own for it.</summary>
    public string? Error { get; init; }
}
