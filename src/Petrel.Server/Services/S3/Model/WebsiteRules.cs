using System.Globalization;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What a bucket's website answers: which object, or where it sends the browser.</summary>
internal static class WebsiteRules
{
    private const int MaxRules = 50;

    /// <exception cref="S3Exception">The configuration is none.</exception>
    public static void Check(WebsiteConfiguration site)
    {
        if (site.RedirectAllRequestsTo is not null)
        {
            if (site.IndexDocument is not null || site.ErrorDocument is not null || site.RoutingRules is { Count: > 0 })
            {
                throw S3Exception.InvalidArgument("RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.", "RedirectAllRequestsTo", null);
            }

            CheckProtocol(site.RedirectAllRequestsTo.Protocol);
            return;
        }

        if (site.IndexDocument is not { } index)
        {
            throw S3Exception.InvalidArgument("A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty", "IndexDocument", "null");
        }

        if (index.Suffix.Length == 0 || index.Suffix.Contains('/'))
        {
            throw S3Exception.InvalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", index.Suffix);
        }

        if (site.RoutingRules is { Count: > MaxRules })
        {
            throw S3Exception.InvalidRequest($"The number of routing rules must not exceed the allowed limit of {MaxRules} rules");
        }

        foreach (var rule in site.RoutingRules ?? [])
        {
            CheckProtocol(rule.Redirect.Protocol);
            if (rule.Redirect is { ReplaceKeyWith: not null, ReplaceKeyPrefixWith: not null })
            {
                throw S3Exception.InvalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
            }

            if (rule.Redirect.HttpRedirectCode is { } code && !(int.TryParse(code, CultureInfo.InvariantCulture, out var status) && status is >= 300 and < 400))
            {
                throw S3Exception.InvalidRequest($"The provided HTTP redirect code ({code}) is not valid. Valid codes are 3XX except 300.");
            }
        }
    }

    /// <summary>The object of a path: folders answer with their index.</summary>
    public static string KeyOf(string path, string suffix) => path.Length == 0 || path.EndsWith('/') ? path + suffix : path;

    /// <param name="status">Of the answer without the rule; null before it is known.</param>
    public static WebsiteRoutingRule? Find(IReadOnlyList<WebsiteRoutingRule>? rules, string key, int? status) => rules?.FirstOrDefault(rule =>
    {
        var condition = rule.Condition;
        var hasCode = condition?.HttpErrorCodeReturnedEquals is not null;
        return hasCode == status.HasValue
            && (!hasCode || condition!.HttpErrorCodeReturnedEquals == status!.Value.ToString(CultureInfo.InvariantCulture))
            && key.StartsWith(condition?.KeyPrefixEquals ?? "", StringComparison.Ordinal);
    });

    public static string TargetOf(WebsiteRoutingRule rule, string key)
    {
        var redirect = rule.Redirect;
        return redirect.ReplaceKeyWith
            ?? (redirect.ReplaceKeyPrefixWith is { } prefix ? prefix + key[(rule.Condition?.KeyPrefixEquals ?? "").Length..] : key);
    }

    private static void CheckProtocol(string? protocol)
    {
        if (protocol is not (null or "http" or "https"))
        {
            throw S3Exception.InvalidRequest("Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.");
        }
    }
}
