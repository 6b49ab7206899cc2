using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("GET", "/2016-08-19/account-settings"), Access("*")]
    Task<GetAccountSettingsResult> GetAccountSettings(GetAccountSettingsRequest request, CallContext call);
}

public sealed record GetAccountSettingsRequest;

public sealed record GetAccountSettingsResult(AccountLimit AccountLimit, AccountUsage AccountUsage);

/// <summary>Sizes are in bytes.</summary>
public sealed record AccountLimit(
    long TotalCodeSize,
    long CodeSizeUnzipped,
    long CodeSizeZipped,
    int ConcurrentExecutions,
    int UnreservedConcurrentExecutions);

public sealed record AccountUsage(long TotalCodeSize, long FunctionCount);
