using System.Net.Sockets;

namespace Petrel.Functions;

/// <summary>Where the engine writes what functions print. The server's log service stands behind it.</summary>
public interface IFunctionLogs
{
    /// <summary>Opens the stream of a new instance; cheap, and must not wait for the disk.</summary>
    IInstanceLog Open(FunctionSpec spec, string streamName);
}

/// <summary>The log stream of one instance. Lines are handed to the operating system before the invocation's completion is reported.</summary>
public interface IInstanceLog : IDisposable
{
    string StreamName { get; }

    /// <summary>Appends one event (a line, without its line end). Bounded: when the disk is slower than the function, lines are dropped and counted.</summary>
    void Append(DateTimeOffset time, ReadOnlySpan<byte> line);

    /// <summary>Completes when all that was appended so far has been handed to the operating system.</summary>
    ValueTask FlushAsync();
}

/// <summary>Temporary, expiring credentials of a function's role. The server's security token service stands behind it.</summary>
public interface IFunctionCredentials
{
    ValueTask<FunctionCredentials> IssueAsync(FunctionSpec spec, string instanceId, CancellationToken cancellationToken);
}

public sealed record FunctionCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken, DateTimeOffset Expiration);

/// <summary>
/// Takes the connections that functions make to the platform at their own <c>localhost:4566</c>. The listener of each sandbox identifies it.
/// </summary>
public interface ISandboxConnections
{
    /// <summary>Serves an accepted connection of a sandbox until it closes; owns the socket.</summary>
    void Serve(Socket connection, SandboxIdentity identity);
}

/// <summary>Which sandbox a connection comes from.</summary>
public sealed record SandboxIdentity(string InstanceId, string Account, string Region, string FunctionArn);
