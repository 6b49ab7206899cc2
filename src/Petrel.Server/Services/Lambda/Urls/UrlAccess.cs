using System.Collections.Frozen;
using System.Text.Json;
using Petrel.Server.Edge;
using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>
/// Who may call a function URL. With <c>AWS_IAM</c> a verified caller whom a policy allows; with <c>NONE</c> whomever the function's own
/// policy allows without signature, which is usually everybody.
/// </summary>
internal sealed class UrlAccess(IAuthorizer authorizer, PetrelOptions options)
{
    private const string InvokeUrl = "lambda:InvokeFunctionUrl";
    private const string InvokeFunction = "lambda:InvokeFunction";

    private static readonly FrozenDictionary<string, string> WithoutSignature = Context("NONE");
    private static readonly FrozenDictionary<string, string> WithSignature = Context("AWS_IAM");

    /// <param name="call">In the function's account and region.</param>
    public ValueTask<bool> AllowsAsync(KnownUrl url, CallContext call)
    {
        if (url.Url.AuthType != "NONE")
        {
            return call.Caller.Kind == PrincipalKind.Anonymous ? new(false) : new(AskAsync(url, WithSignature, call));
        }

        return url.PublicAccess is { } known ? new(known) : new(AskForEverybodyAsync(url, call));
    }

    private async Task<bool> AskForEverybodyAsync(KnownUrl url, CallContext call)
    {
        var allowed = await AskAsync(url, WithoutSignature, call with { Caller = Principal.Anonymous });
        if (!DependsOnRequest(url.Policy))
        {
            url.PublicAccess = allowed;
        }

        return allowed;
    }

    private async Task<bool> AskAsync(KnownUrl url, FrozenDictionary<string, string> context, CallContext call)
    {
        try
        {
            await authorizer.AuthorizeAsync(new AccessCheck(InvokeUrl, url.Arn, url.Policy, context), call);
            if (options.Functions.UrlsNeedInvokeFunction)
            {
                await authorizer.AuthorizeAsync(new AccessCheck(InvokeFunction, url.Arn, url.Policy, context), call);
            }

            return true;
        }
        catch (ServiceException denied) when (denied.Status == 403)
        {
            return false;
        }
    }

    /// <summary>Whether a policy has conditions on more than the URL itself, such as the caller's address.</summary>
    private static bool DependsOnRequest(string? policy)
    {
        if (policy is null)
        {
            return false;
        }

        using var document = JsonDocument.Parse(policy);
        foreach (var statement in document.RootElement.GetProperty("Statement").EnumerateArray())
        {
            if (statement.TryGetProperty("Condition", out var condition)
                && condition.EnumerateObject().Any(o => o.Value.EnumerateObject().Any(key => !WithSignature.ContainsKey(key.Name))))
            {
                return true;
            }
        }

        return false;
    }

    private static FrozenDictionary<string, string> Context(string authType) => new Dictionary<string, string>
    {
        ["lambda:FunctionUrlAuthType"] = authType,
        ["lambda:InvokedViaFunctionUrl"] = "true",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
