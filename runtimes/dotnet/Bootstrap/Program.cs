using Petrel.Bootstrap;

// Runs a .NET function: loads its handler, then answers one event after another (docs/frames.md).
var channel = new Channel(int.Parse(Environment.GetEnvironmentVariable("PETREL_FD")!));
Environment.SetEnvironmentVariable("PETREL_FD", null);
if (Environment.GetEnvironmentVariable("PETREL_WARM") == "1")
{
    Environment.SetEnvironmentVariable("PETREL_WARM", null);
    Exercise.Run();
    channel.Write(FrameKind.Waiting, default);
}

var (kind, frame) = channel.Read();
if (kind != FrameKind.Init)
{
    throw new InvalidDataException($"Expected an Init frame, got {kind}.");
}

var init = Init.Read(frame.Span);
init.Adopt(init.TaskRoot);
Log.Install();
AppDomain.CurrentDomain.UnhandledException += (_, e) =>
{
    // A thread of the function's own failed: the process ends whatever is done here.
    var error = (Exception)e.ExceptionObject;
    Log.Failure(error);
    channel.Write(FrameKind.Fatal, ErrorBody.Of(error));
};

Handler handler;
try
{
    handler = Handler.Load(init.TaskRoot, init.HandlerName);
}
catch (Exception e)
{
    Log.Failure(e);
    channel.Write(FrameKind.InitError, ErrorBody.Of(e));
    return 1;
}

channel.Write(FrameKind.Ready, default);
while (true)
{
    (_, frame) = channel.Read();
    var invocation = InvocationHeader.Read(frame, out var payload);
    Log.RequestId = invocation.RequestId;
    invocation.ForwardTrace();
    ReadOnlyMemory<byte> answer;
    try
    {
        answer = handler.Invoke(payload, invocation);
        kind = FrameKind.Response;
    }
    catch (Exception e)
    {
        Log.Failure(e);
        answer = ErrorBody.Of(e);
        kind = FrameKind.Error;
    }

    Log.Flush();
    channel.Write(kind, answer.Span);
}
