using Petrel.Functions.Prestart;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Instances;

/// <summary>What every instance of this machine uses.</summary>
internal sealed record InstanceServices(ISandboxLauncher Launcher, IFunctionLogs Logs, IFunctionCredentials Credentials, PrestartPools Prestart, ForkServers Forks, TimeProvider Time);

/// <summary>What an instance is made from.</summary>
/// <param name="Id">32 hexadecimal digits; the end of its log stream's name.</param>
/// <param name="Provisioned">Made ahead of invocations, for provisioned concurrency.</param>
internal sealed record InstanceSeed(string Id, FunctionSpec Spec, RuntimeInfo Runtime, IRuntimeAdapter Adapter, bool Provisioned)
{
    /// <summary>As INIT_START names it: <c>python:3.11.7</c>.</summary>
    public string RuntimeVersion => $"{Runtime.Family}:{Runtime.InstalledVersion ?? Runtime.Identifier}";
}
