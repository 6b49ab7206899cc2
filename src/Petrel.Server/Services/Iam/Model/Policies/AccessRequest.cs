using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>The values of a condition key in one request: most keys have one, some (tag keys, leading keys) have many.</summary>
internal readonly struct ContextValues
{
    private readonly string? _one;
    private readonly IReadOnlyList<string>? _many;

    public ContextValues(string one) => _one = one;

    public ContextValues(IReadOnlyList<string> many) => _many = many;

    public int Count => _one is not null ? 1 : _many?.Count ?? 0;

    public string this[int index] => _one ?? _many![index];
}

/// <summary>What is decided: who wants to do what to which resource, when and from where.</summary>
internal sealed class AccessRequest
{
    public required Principal Principal { get; init; }

    /// <summary><c>lambda:InvokeFunction</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The full ARN, or <c>*</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>The account that owns the resource.</summary>
    public required string ResourceAccount { get; init; }

    public required DateTimeOffset Now { get; init; }

    public string? Region { get; init; }

    public string? SourceIp { get; init; }

    public string? UserAgent { get; init; }

    public bool SecureTransport { get; init; }

    /// <summary>The ARN of the role behind a session, or of the user: what a principal element and <c>aws:PrincipalArn</c> mean.</summary>
    public string? IdentityArn { get; init; }

    /// <summary>Tags of the role or user, and of the session.</summary>
    public IReadOnlyDictionary<string, string>? PrincipalTags { get; init; }

    /// <summary>The keys of the operation itself: <c>lambda:FunctionUrlAuthType</c>.</summary>
    public IReadOnlyDictionary<string, string>? Context { get; init; }

    /// <summary>Keys of the operation that may have many values: <c>aws:TagKeys</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? MultiContext { get; init; }

    public bool TryGet(ConditionKey key, out ContextValues values)
    {
        if (MultiContext is not null && TryFind(MultiContext, key.Name, out var many))
        {
            values = new ContextValues(many);
            return true;
        }

        // The operation's own value wins: a service knows the source of a call better than the request does.
        var one = Context is not null && TryFind(Context, key.Name, out var own) ? own : GlobalValue(key);
        values = one is null ? default : new ContextValues(one);
        return one is not null;
    }

    private string? GlobalValue(ConditionKey key) => key.Global switch
    {
        GlobalKey.CurrentTime => Now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"),
        GlobalKey.EpochTime => Now.ToUnixTimeSeconds().ToString(),
        GlobalKey.PrincipalAccount => IsAnonymousOrService ? null : Principal.Account,
        GlobalKey.PrincipalArn => IsAnonymousOrService ? null : IdentityArn ?? Principal.Arn,
        GlobalKey.PrincipalIsAwsService => Principal.Kind == PrincipalKind.Service ? "true" : "false",
        GlobalKey.PrincipalServiceName => Principal.ServiceName,
        GlobalKey.PrincipalTag => key.Tag is not null && PrincipalTags is not null ? PrincipalTags.GetValueOrDefault(key.Tag) : null,
        GlobalKey.PrincipalType => PrincipalType(),
        GlobalKey.RequestedRegion => Region,
        GlobalKey.ResourceAccount => ResourceAccount,
        GlobalKey.SecureTransport => SecureTransport ? "true" : "false",
        GlobalKey.SourceAccount => Principal.Kind == PrincipalKind.Service ? Principal.Account : null,
        GlobalKey.SourceArn => Principal.SourceArn,
        GlobalKey.SourceIp => SourceIp,
        GlobalKey.UserAgent => UserAgent,
        GlobalKey.UserId => Principal.Kind == PrincipalKind.Anonymous ? null : Principal.PrincipalId,
        GlobalKey.UserName => Principal.Kind == PrincipalKind.User ? UserNameOf(Principal.Arn) : null,
        GlobalKey.TokenIssueTime => Principal.Session?.IssuedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"),
        GlobalKey.ViaAwsService => "false",
        _ => null,
    };

    private bool IsAnonymousOrService => Principal.Kind is PrincipalKind.Anonymous or PrincipalKind.Service;

    private string? PrincipalType() => Principal.Kind switch
    {
        PrincipalKind.Root => "Account",
        PrincipalKind.User => "User",
        PrincipalKind.AssumedRole => "AssumedRole",
        PrincipalKind.Anonymous => "Anonymous",
        _ => null,
    };

    /// <summary>A user's friendly name stands after the last slash of its ARN, behind its path.</summary>
    private static string UserNameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    /// <summary>Key names are case-insensitive; contexts are small, so that a scan costs less than a dictionary of its own.</summary>
    private static bool TryFind<T>(IReadOnlyDictionary<string, T> context, string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
        where T : class
    {
        if (context.TryGetValue(name, out value))
        {
            return true;
        }

        foreach (var (key, found) in context)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                value = found;
                return true;
            }
        }

        return false;
    }
}
