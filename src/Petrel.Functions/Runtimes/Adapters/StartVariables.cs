using System.Collections.Frozen;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>
/// The variables that a program reads when it starts, or when it does something for the first time that a waiting process has done already.
/// A function that sets one of them cannot become what it asks for in a process that is up.
/// </summary>
internal static class StartVariables
{
    /// <summary>Of every program: the dynamic linker, the C library's memory, languages and character sets, OpenSSL's configuration.</summary>
    private static readonly string[] Common = ["LD_", "MALLOC_", "GLIBC_", "LANG", "LC_", "LOCPATH", "NLSPATH", "GCONV_PATH", "OPENSSL_"];

    private static readonly FrozenDictionary<string, string[]> Families = new Dictionary<string, string[]>
    {
        ["nodejs"] = ["NODE_", "UV_", "SSL_CERT_"],
        ["python"] = ["PYTHON"],
        ["java"] = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"],
        ["ruby"] = ["RUBYOPT", "RUBY_"],
        ["dotnet"] = ["DOTNET_", "COMPlus_", "CORECLR_", "CORE_", "COREHOST_", "LTTNG_", "CLR_ICU_"],
    }.ToFrozenDictionary();

    /// <summary>Begin like those above, and are read when the code asks for them.</summary>
    private static readonly FrozenSet<string> Late = new[]
    {
        "NODE_ENV", "NODE_PATH", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_CONFIG", "NODE_CONFIG_DIR", "NODE_CONFIG_ENV", "NODE_APP_INSTANCE",
        "DOTNET_ENVIRONMENT",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool MatterFor(FunctionSpec function, RuntimeInfo runtime)
    {
        var own = Families.GetValueOrDefault(runtime.Family, []);
        foreach (var (name, _) in function.Environment)
        {
            if ((Begins(name, Common) || Begins(name, own)) && !Late.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Begins(string name, string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
