using Petrel.Functions;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Runtimes.Sandboxed;

/// <summary>What is made of a function's modules at its deployment, and used at its starts.</summary>
public sealed class ModuleCacheTests
{
    private static readonly string Padding = string.Concat(Enumerable.Range(0, 4000).Select(i => $"# line {i} of much text that makes this a large package\n"));

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Python_LargePackage_LoadsWhatWasCompiledAtItsDeployment()
    {
        var function = Host.Python("""
            import helper, broken_later, sys
            def handler(event, context):
                return [helper.value(), helper.__file__, helper.value.__code__.co_filename, broken_later.text, "PETREL_MODULES" in __import__("os").environ]
            """);
        Write(function, "helper.py", Padding + "def value():\n    return 'right'\n");
        Write(function, "broken_later.py", "text = 'compiled'\n");
        Write(function, "broken.py", "this is no Python");
        await Host.Engine.PrepareAsync(function);

        // Of the same length as what was compiled: the cache, not the source, is what runs. No function can do this to its code.
        Write(function, "broken_later.py", "text = 'of later'\n");
        var (_, payload) = await Host.InvokeAsync(function, "1");
        Assert.Equal("""["right", "/var/task/helper.py", "/var/task/helper.py", "compiled", false]""", payload);
        Assert.Single(Directory.GetDirectories(CompiledCode.FolderOf(function.CodeDirectory)));
    }

    [Fact]
    public async Task Node_LargePackage_LoadsWhatV8MadeAtItsDeployment()
    {
        var function = Host.Node("""
            const helper = require('./helper.js');
            exports.handler = async () => [helper.value(), helper.file, require.resolve('./helper.js'), typeof require('./plain.js').stack(), (await import('./late.mjs')).default,
              process.env.PETREL_MODULES === undefined, helper.value.toString().length > 10];
            """);
        Write(function, "helper.js", Padding.Replace('#', '/').Replace("/ line", "// line", StringComparison.Ordinal) + "exports.value = () => 'right';\nexports.file = __filename;\n");
        Write(function, "plain.js", Padding.Replace('#', '/').Replace("/ line", "// line", StringComparison.Ordinal) + "exports.stack = () => new Error('x').stack.split('\\n')[1].trim();\n");
        Write(function, "late.mjs", "export default 'late';\n");
        await Host.Engine.PrepareAsync(function);
        Assert.Single(Directory.GetDirectories(CompiledCode.FolderOf(function.CodeDirectory)));
        var (_, payload) = await Host.InvokeAsync(function, "1");
        Assert.Equal("""["right","/var/task/helper.js","/var/task/helper.js","string","late",true,true]""", payload);
    }

    [Fact]
    public async Task Node_InitThatFails_IsDeployedWithoutACache()
    {
        var function = Host.Node("require('./helper.js'); throw new Error('not without its database');");
        Write(function, "helper.js", Padding.Replace('#', '/').Replace("/ line", "// line", StringComparison.Ordinal));
        await Host.Engine.PrepareAsync(function);
        Assert.False(Directory.Exists(CompiledCode.FolderOf(function.CodeDirectory)) && Directory.GetDirectories(CompiledCode.FolderOf(function.CodeDirectory)).Length > 0);
    }

    [Fact]
    public async Task Any_SmallPackage_GetsNone()
    {
        var function = Host.Python("def handler(event, context):\n    return 1\n");
        await Host.Engine.PrepareAsync(function);
        Assert.False(Directory.Exists(CompiledCode.FolderOf(function.CodeDirectory)));
    }

    [Fact]
    public async Task Python_LargePackageInAWaitingProcess_FindsItsOwnModulesFirst()
    {
        var host = EngineHost.Prestarting;
        var function = host.Python("""
            import decimal, json, os, helper
            def handler(event, context):
                return [decimal.mark, json.dumps([1]), os.path.exists("/var/rapid/modules/modules"), helper.value]
            """);
        Write(function, "helper.py", Padding + "value = 1\n");
        Write(function, "decimal.py", "mark = 'own'\n");
        Write(function, "os.py", "mark = 'never loaded: it is there in every process'\n");
        await host.Engine.PrepareAsync(function);
        var (result, payload) = await Prestart.Hit.InvokeAsync(host, function);
        Assert.Equal("""["own", "[1]", true, 1]""", payload);
        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
    }

    [Fact]
    public async Task Node_LargePackageInAWaitingProcess_HasItsCache()
    {
        var host = EngineHost.Prestarting;
        var function = host.Node("""
            const helper = require('./helper.js');
            exports.handler = async () => [helper.value, require('fs').existsSync('/var/rapid/modules/modules'), Object.keys(process.env).filter((n) => n.startsWith('PETREL_'))];
            """);
        Write(function, "helper.js", Padding.Replace('#', '/').Replace("/ line", "// line", StringComparison.Ordinal) + "exports.value = 1;\n");
        await host.Engine.PrepareAsync(function);
        var (result, payload) = await Prestart.Hit.InvokeAsync(host, function);
        Assert.Equal("[1,true,[]]", payload);
        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
    }

    private static void Write(FunctionSpec function, string name, string text) => File.WriteAllText(Path.Combine(function.CodeDirectory, name), text);
}
