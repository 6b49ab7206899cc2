using Petrel;
using Petrel.Server.Settings;
using Petrel.Terminal;

var context = new CliContext(EnvironmentReader.OfProcess(), Output.OfProcess(), TimeProvider.System, Environment.CurrentDirectory);
return await CommandLine.RunAsync(args, context);
