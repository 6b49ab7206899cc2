namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>What <c>LastProcessingResult</c> says.</summary>
internal static class ProcessingResults
{
    public const string None = "No records processed";
    public const string Success = "OK";
    public const string FunctionFailed = "PROBLEM: Function call failed";
    public const string Throttled = "PROBLEM: Function call was throttled";
    public const string NoFunction = "PROBLEM: Function not found";
    public const string NotStarted = "PROBLEM: Function could not be started";
    public const string NoAccess = "PROBLEM: The function's role may not read the event source";
}
