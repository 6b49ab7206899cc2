namespace Petrel.Server.Services.Lambda.Model;

/// <summary>What the end of a preparation makes of a function or version. Pure.</summary>
internal static class FunctionPreparation
{
    public static readonly StateRecord Creating = new(FunctionStates.Pending, "The function is being created.", "Creating");

    /// <summary>Lambda gives updates the words of creations.</summary>
    public static readonly StateRecord Updating = new(FunctionStates.InProgress, "The function is being created.", "Creating");

    public static readonly StateRecord Active = new(FunctionStates.Active);
    public static readonly StateRecord Successful = new(FunctionStates.Successful);

    /// <summary>Whether the version waits for its code.</summary>
    public static bool IsPending(VersionRecord version) =>
        version.State.Status == FunctionStates.Pending || version.LastUpdate?.Status == FunctionStates.InProgress;

    /// <summary>The version after its preparation; <paramref name="failure"/> is null when it succeeded.</summary>
    public static VersionRecord Finish(VersionRecord version, StateRecord? failure, string revisionId)
    {
        if (failure is null)
        {
            return version with { State = Active, LastUpdate = Successful, RevisionId = revisionId };
        }

        var failed = failure with { Status = FunctionStates.Failed };
        return version.State.Status == FunctionStates.Pending
            ? version with { State = failed, LastUpdate = failed, RevisionId = revisionId }
            : version with { LastUpdate = failed, RevisionId = revisionId };
    }

    /// <summary><c>$LATEST</c> after its preparation. When an update failed, invocations go on with what ran before.</summary>
    public static FunctionRecord Finish(FunctionRecord function, StateRecord? failure, string revisionId) => function with
    {
        Latest = Finish(function.Latest, failure, revisionId),
        Running = failure is null ? null : function.Running,
    };

    /// <summary>The function with a changed <c>$LATEST</c> that waits for its preparation.</summary>
    public static FunctionRecord BeginUpdate(FunctionRecord function, VersionRecord changed)
    {
        var running = function.Running ?? function.Latest;
        var runs = running.State.Status == FunctionStates.Active;
        return function with
        {
            Latest = changed with { State = runs ? Active : Creating, LastUpdate = Updating },
            Running = runs ? running : null,
        };
    }
}
