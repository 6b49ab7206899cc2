namespace Petrel.Wasm.Functions;

/// <summary>A loaded function.</summary>
internal interface IFunction : IDisposable
{
    Answer Invoke(in InvocationFrame invocation);

    /// <summary>Called when the answer has been sent: nobody waits for what is still to be done.</summary>
    void Finish();
}

internal static class FunctionLoader
{
    public static IFunction Load(Assignment assignment) =>
        assignment.Task == AssignmentTask.Command ? new CommandFunction(assignment) : new ComponentFunction(assignment);
}
