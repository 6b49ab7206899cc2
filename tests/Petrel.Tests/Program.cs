using Petrel.Tests.Logs.Segments;
using Petrel.Tests.Storage;
using Xunit.MicrosoftTestingPlatform;

namespace Petrel.Tests;

/// <summary>Runs the tests; or, started by one of them, is the process that it kills.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable(CrashChild.FolderVariable) is { } folder)
        {
            return await CrashChild.RunAsync(folder);
        }

        if (Environment.GetEnvironmentVariable(LogCrashChild.FolderVariable) is { } logs)
        {
            return await LogCrashChild.RunAsync(logs);
        }

        if (Environment.GetEnvironmentVariable(DiskFullChild.FolderVariable) is { } disk)
        {
            return await DiskFullChild.RunAsync(disk);
        }

        // The command line of the older runner, which some editors use.
        return args.Any(argument => argument is "-automated" or "@@")
            ? await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args)
            : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
