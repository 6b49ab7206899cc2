namespace Petrel.Aws.Lambda;

/// <summary>The regular expressions of Lambda's members, as the service quotes them in its errors.</summary>
public static class LambdaPatterns
{
    private const string Region = @"(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}";
    private const string FunctionScope = @"(arn:(aws[a-zA-Z-]*)?:lambda:)?(" + Region + @":)?(\d{12}:)?(function:)?";

    public const string FunctionName = FunctionScope + @"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";

    /// <summary>Also of operations that take the names of published code with dots in them.</summary>
    public const string NamespacedFunctionName = FunctionScope + @"([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";

    public const string UnqualifiedFunctionName = FunctionScope + "([a-zA-Z0-9-_]+)";
    public const string Qualifier = @"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+";
    public const string ProvisionedQualifier = "(|[a-zA-Z0-9$_-]+)";
    public const string UrlQualifier = @"((?!^\d+$)^[0-9a-zA-Z-_]+$)";
    public const string Version = @"(\$LATEST(\.PUBLISHED)?|[0-9]+)";
    public const string Alias = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";
    public const string Role = @"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+";
    public const string Handler = @"[^\s]+";

    /// <summary>Also the command that starts a program: of which runtime a handler is, is not known when its request is read.</summary>
    public const string HandlerOrCommand = @"[^\s]+( +[^\s]+)*";
    public const string ResourceArn = @"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()";
    public const string SourceArn = @"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:(" + Region + @")?:(\d{12})?:(.*)";
    public const string Destination = @"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|" + SourceArn;
    public const string LogGroup = @"[\.\-_/#A-Za-z0-9]+";
    public const string LayerName = @"(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+";

    public const string LayerVersionArn =
        @"(arn:(aws[a-zA-Z-]*)?:lambda:" + Region + @":\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)";

    public const string StatementId = "([a-zA-Z0-9-_]+)";
    public const string NamespacedStatementId = "([a-zA-Z0-9-_.]+)";
    public const string Action = "(lambda:[*]|lambda:[a-zA-Z]+|[*])";
    public const string Principal = @"[^\s]+";
    public const string Account = @"\d{12}";
    public const string EventSourceToken = @"[a-zA-Z0-9._\-]+";
    public const string Organization = "o-[a-z0-9]{10,32}";
    public const string LayerAction = "lambda:GetLayerVersion";
    public const string LayerPrincipal = @"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root";
    public const string RuntimeVersionArn = @"arn:(aws[a-zA-Z-]*):lambda:" + Region + "::runtime:.+";
    public const string TenantId = @"[a-zA-Z0-9\._:\/=+\-@ ]+";

    public const string TaggableResource =
        "arn:(aws[a-zA-Z-]*):lambda:" + Region
        + @":\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}"
        + "|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)";
}
