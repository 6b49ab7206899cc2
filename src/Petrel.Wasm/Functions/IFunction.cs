namespace Petrel.Wasm.Functions;

/// <summary>A loaded function.</summary>
internal interface IFunction
{
    Answer Invoke(in InvocationFrame invocation);
}

internal static class FunctionLoader
{
    public static IFunction Load(Assignment assignment) =>
        assignment.Task == AssignmentTask.Command ? new CommandFunction(assignment) : new ComponentFunction(assignment);
}
