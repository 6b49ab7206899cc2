using Petrel.Wasm;
using Petrel.Wasm.Functions;

// Runs one WebAssembly function, or compiles one (docs/wasm.md), over the frames of docs/frames.md.
var channel = new Channel(EnvironmentReader.FrameSocket);
if (EnvironmentReader.IsWaiting)
{
    Exercise.Run();
    channel.Write(FrameKind.Waiting, default);
}

var assignment = Assignment.Read(channel.Read());
try
{
    if (assignment.Task == AssignmentTask.Compile)
    {
        Compilation.Run(assignment, channel);
        return 0;
    }

    var function = FunctionLoader.Load(assignment);
    channel.Write(FrameKind.Ready, default);
    while (true)
    {
        var invocation = InvocationFrame.Read(channel.Read());
        var answer = function.Invoke(invocation);
        channel.Write(answer.IsError ? FrameKind.Error : FrameKind.Response, answer.Body.Span);
        function.Finish();
    }
}
catch (FunctionException problem)
{
    channel.Write(FrameKind.InitError, problem.Body);
    return 1;
}
