using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>Ruby functions.</summary>
internal sealed class RubyAdapter(RuntimeOptions options, RuntimeApiServer api) : RuntimeAdapter(api)
{
    public override bool Runs(RuntimeInfo runtime) => runtime.Family == "ruby";

    // The host may lack Lambda's locale, and text is ASCII without one.
    private static readonly KeyValuePair<string, string> Characters = new("LC_CTYPE", "C.UTF-8");

    protected override LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime)
    {
        // Gems lie under the version that the function names, whichever version runs it.
        var version = function.Runtime["ruby".Length..] + ".0";
        return LanguageLaunch.Of(options, function, runtime, "ruby") with
        {
            Command = Command(runtime),
            Environment = new Dictionary<string, string>(LanguageLaunch.Variables(function, runtime), StringComparer.Ordinal)
            {
                [Characters.Key] = Characters.Value,
                ["GEM_PATH"] = $"/var/task/vendor/bundle/ruby/{version}:/opt/ruby/gems/{version}:", // The colon at the end: and Ruby's own.
                ["RUBYLIB"] = $"/var/task:{LanguageLaunch.RuntimeFolder}/lib:/opt/ruby/lib",
            },
        };
    }

    protected override LaunchPlan LaunchBlank(FunctionSpec function, RuntimeInfo runtime) => LanguageLaunch.Blank(options, runtime, "ruby") with
    {
        Command = Command(runtime),
        Environment = new Dictionary<string, string>([Characters]),
    };

    // RubyGems takes four times as long to load as Ruby; the bootstrap loads it when it is needed.
    private static string[] Command(RuntimeInfo runtime) =>
        [runtime.Program!, "--disable=gems", "--external-encoding=UTF-8", $"{LanguageLaunch.RuntimeFolder}/bootstrap.rb"];
}
