using Petrel.Packaging;

namespace Petrel.Tests.Cli;

public sealed class FunctionFolderTests : IDisposable
{
    private readonly CliRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("app.py", "def handler(event, context):\n    pass", "python3.13", "app.handler")]
    [InlineData("lambda_function.py", "import os\n\nasync def lambda_handler(event, context): pass", "python3.13", "lambda_function.lambda_handler")]
    [InlineData("index.mjs", "export const handler = async () => 1;", "nodejs22.x", "index.handler")]
    [InlineData("index.mjs", "export async function handler(event) {}", "nodejs22.x", "index.handler")]
    [InlineData("index.js", "exports.handler = async () => 1;", "nodejs22.x", "index.handler")]
    [InlineData("index.js", "module.exports = { handler };", "nodejs22.x", "index.handler")]
    [InlineData("index.mjs", "const f = () => 1;\nexport { f as handler };", "nodejs22.x", "index.handler")]
    [InlineData("app.mjs", "export const lambdaHandler = () => 1;", "nodejs22.x", "app.lambdaHandler")]
    [InlineData("lambda_function.rb", "require 'json'\n\ndef lambda_handler(event:, context:)\nend", "ruby3.4", "lambda_function.lambda_handler")]
    [InlineData("bootstrap", "#!/bin/sh", "provided.al2023", "bootstrap")]
    [InlineData("hello.wasm", "", "wasm", "hello.wasm")]
    public void Detect_FileWithHandler_FindsRuntimeAndHandler(string file, string content, string runtime, string handler)
    {
        _run.Write(file, content);
        var found = FunctionFolder.Detect(_run.Folder);
        Assert.Equal((runtime, handler), (found.Runtime, found.Handler));
    }

    [Theory]
    [InlineData("Procfile", "release: ./migrate\nweb: node server.js --port $PORT\n", "node server.js --port $PORT")]
    [InlineData("package.json", """{"scripts":{"start":"node ."}}""", "node .")]
    public void Detect_StartCommand_IsAProgramThatServesHttp(string file, string content, string command)
    {
        _run.Write(file, content);
        var found = FunctionFolder.Detect(_run.Folder);
        Assert.Equal(("http", command), (found.Runtime, found.Handler));
    }

    [Theory]
    [InlineData("functions.http('hello', (q, r) => r.send(1));", "", "hello", null)]
    [InlineData("functions.cloudEvent(\"seen\", (e) => {});", "", "seen", null)]
    [InlineData("exports.old = () => 1;", "functions-framework --target=named --signature-type=cloudevent", "named", "cloudevent")]
    [InlineData("exports.old = () => 1;", "", "old", null)]
    public void Detect_GooglesFramework_FindsTheTarget(string code, string start, string target, string? signature)
    {
        _run.Write("package.json", $$$"""{"scripts":{"start":"{{{start}}}"},"dependencies":{"@google-cloud/functions-framework":"5"}}""");
        _run.Write("index.js", code);
        Assert.Contains("not installed", Assert.Throws<CliException>(() => FunctionFolder.Detect(_run.Folder)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_run.Folder, "node_modules/@google-cloud/functions-framework"));
        var found = FunctionFolder.Detect(_run.Folder);
        Assert.Equal(("google-nodejs", target, signature), (found.Runtime, found.Handler, found.Signature));
    }

    [Fact]
    public void Detect_GooglesFrameworkForPython_FindsTheTarget()
    {
        _run.Write("requirements.txt", "functions-framework==3.*\n");
        _run.Write("main.py", "import functions_framework\n\n@functions_framework.cloud_event\ndef seen(event):\n    pass\n");
        Directory.CreateDirectory(Path.Combine(_run.Folder, "functions_framework"));
        var found = FunctionFolder.Detect(_run.Folder);
        Assert.Equal(("google-python", "seen", "cloudevent"), (found.Runtime, found.Handler, found.Signature));
    }

    [Fact]
    public void Detect_CustomHandlerOfAzure_IsOne()
    {
        _run.Write("host.json", """{"customHandler":{"description":{"defaultExecutablePath":"node"}}}""");
        _run.Write("index.js", "exports.handler = 1;");
        Directory.CreateDirectory(Path.Combine(_run.Folder, "Hello"));
        _run.Write("Hello/function.json", "{}");
        var found = FunctionFolder.Detect(_run.Folder);
        Assert.Equal(("azure-custom", "Hello"), (found.Runtime, found.Handler));
    }

    [Fact]
    public void Detect_FileOfWebAssembly_IsThePackageAlone()
    {
        _run.Write("hello.wasm", "");
        _run.Write("app.py", "def handler(event, context): pass");
        var found = FunctionFolder.Detect(Path.Combine(_run.Folder, "hello.wasm"));
        Assert.Equal((_run.Folder, "wasm", "hello.wasm", "hello.wasm"), (found.Folder, found.Runtime, found.Handler, found.OnlyFile));
    }

    [Fact]
    public void Detect_PackageNamesItsMain_LooksThere()
    {
        _run.Write("package.json", """{ "main": "src/start.js" }""");
        _run.Write("src/start.js", "exports.handler = () => 1;");
        Assert.Equal("src/start.handler", FunctionFolder.Detect(_run.Folder).Handler);
    }

    [Fact]
    public void Detect_RuntimeGiven_WinsOverTheFamilysDefault()
    {
        _run.Write("app.py", "def handler(event, context): pass");
        var found = FunctionFolder.Detect(_run.Folder, "python3.11");
        Assert.Equal(("python3.11", "app.handler"), (found.Runtime, found.Handler));
    }

    [Theory]
    [InlineData("python3.11", null, null, "python3.11")]
    [InlineData("python3.11", "python3.12", null, "python3.12")]
    [InlineData("python3.11", null, "3.12", "python3.12")]
    [InlineData("nodejs20.x", null, null, "python3.13")]
    [InlineData("", null, null, "python3.13")]
    public void Deploy_FunctionThatIsThere_KeepsItsRuntimeUnlessAnotherIsSaid(string present, string? asked, string? pinned, string runtime)
    {
        _run.Write("app.py", "def handler(event, context): pass");
        if (pinned is not null)
        {
            _run.Write(".python-version", pinned);
        }

        Assert.Equal(runtime, Deployment.KeepVersion(FunctionFolder.Detect(_run.Folder, asked), present).Runtime);
    }

    [Theory]
    [InlineData("python3.11", "python3.11")]
    [InlineData("python", "python3.13")]
    [InlineData("nodejs20.x", "nodejs20.x")]
    [InlineData("ruby3.3", "ruby3.3")]
    [InlineData("ruby", "ruby3.4")]
    public async Task Init_Runtime_IsTheOneThatDeployTakes(string asked, string taken)
    {
        Assert.Equal(0, await _run.CallAsync("init", "--runtime", asked, "mine"));
        Assert.Equal(taken, FunctionFolder.Detect(Path.Combine(_run.Folder, "mine")).Runtime);
    }

    [Fact]
    public async Task Init_RuntimeThatNoFileSays_IsPartOfTheAdvice()
    {
        Assert.Equal(0, await _run.CallAsync("init", "--runtime", "dotnet8", "mine"));
        Assert.Contains("deploy mine --runtime dotnet8", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_ProjectWithToolsDefaults_TakesRuntimeAndHandler()
    {
        _run.Write("Hello.csproj", "<Project />");
        _run.Write("aws-lambda-tools-defaults.json", """{ "function-runtime": "dotnet8", "function-handler": "Hello::Hello.Function::Go" }""");
        var found = FunctionFolder.Detect(_run.Folder);
        Assert.Equal(("dotnet8", "Hello::Hello.Function::Go"), (found.Runtime, found.Handler));
        Assert.EndsWith("Hello.csproj", found.Project, StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_RuntimeOfAnotherLanguage_NeedsAHandler()
    {
        _run.Write("app.py", "def handler(event, context): pass");
        Assert.Contains("--handler", Assert.Throws<CliException>(() => FunctionFolder.Detect(_run.Folder, "nodejs22.x")).Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("readme.txt", "hello")]
    [InlineData("app.py", "def other(event): pass")]
    [InlineData("index.js", "const handlers = 1; // no export of it")]
    public void Detect_NothingLikeAHandler_SaysWhatIsLookedFor(string file, string content)
    {
        _run.Write(file, content);
        Assert.Contains("nothing that looks like a handler", Assert.Throws<CliException>(() => FunctionFolder.Detect(_run.Folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pom.xml")]
    [InlineData("build.gradle.kts")]
    [InlineData("Hello.java")]
    [InlineData("app.jar")]
    public void Detect_Java_NamesWhatItIsMadeFrom(string file)
    {
        _run.Write(file, "x");
        var found = FunctionFolder.Detect(_run.Folder);
        Assert.Equal(("java8.al2", null, file), (found.Runtime, found.Handler, Path.GetFileName(found.Project)));
    }

    [Fact]
    public async Task Package_JavaSources_NeedsNoMore()
    {
        Assert.Equal(0, await _run.CallAsync("init", "--runtime", "java", "mine"));
        var source = FunctionFolder.Detect(Path.Combine(_run.Folder, "mine"));
        var code = await JavaProject.PackageAsync(source, Directory.CreateDirectory(Path.Combine(_run.Folder, "out")).FullName, default);
        Assert.Equal("Hello", code.Handler);
        Assert.Matches("^java(17|21|25)$", code.Runtime);
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(code.Zip!));
        Assert.Equal(["Hello.class"], zip.Entries.Select(e => e.FullName));

        // The same as a jar that a build made.
        _run.Write("built/pom.xml", "<project/>");
        _run.Write("built/src/main/java/Hello.java", "class Hello {}");
        var jar = Path.Combine(Directory.CreateDirectory(Path.Combine(_run.Folder, "built/target")).FullName, "app.jar");
        var built = FunctionFolder.Detect(Path.Combine(_run.Folder, "built"), "java25", null);
        Assert.Contains("mvn package", (await Assert.ThrowsAsync<CliException>(() => JavaProject.PackageAsync(built, "", default))).Next, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(jar, code.Zip!);
        Assert.Equal(("java25", "Hello"), ((await JavaProject.PackageAsync(built, "", default)) is var c ? (c.Runtime, c.Handler) : default));
        File.SetLastWriteTimeUtc(jar, DateTime.UnixEpoch);
        Assert.Contains("older than the sources", (await Assert.ThrowsAsync<CliException>(() => JavaProject.PackageAsync(built, "", default))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("java8.al2", "", "java8.al2")]
    [InlineData("java8.al2", "11", "java11")]
    [InlineData("java8.al2", "8 12", "java17")]
    [InlineData("java21", "17", "java21")]
    [InlineData("java17", "21", "java21")]
    [InlineData("java17", "25", "java25")]
    public void RuntimeOf_Classes_IsOneThatLoadsThem(string runtime, string versions, string expected) =>
        Assert.Equal(expected, JavaProject.RuntimeOf(runtime, [.. versions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => new JavaClass("X", int.Parse(v), true))]));

    [Theory]
    [InlineData("a.B", "a.B")]
    [InlineData("", "no class in x implements RequestHandler or RequestStreamHandler")]
    [InlineData("a.B a.C", "x has several handlers: a.B, a.C")]
    public void HandlerOf_Classes_IsTheOnlyOne(string names, string expected)
    {
        JavaClass[] classes = [new JavaClass("a.Other", 17, false), .. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => new JavaClass(n, 17, true))];
        var actual = Record.Exception(() => JavaProject.HandlerOf(classes, "x")) is CliException error ? error.Message : JavaProject.HandlerOf(classes, "x");
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void FindHandler_OfALibraryWithManyMethods_AsksForOne()
    {
        var assembly = typeof(Petrel.Server.Settings.Nearest).Assembly.Location;
        var name = Path.GetFileNameWithoutExtension(assembly);
        File.Copy(assembly, Path.Combine(_run.Folder, name + ".dll"));
        Assert.Contains("--handler", Assert.Throws<CliException>(() => DotnetProject.FindHandler($"{name}.csproj", _run.Folder)).Next, StringComparison.Ordinal);
    }

    [Fact]
    public void FindHandler_OfAProgram_IsTheAssembly()
    {
        var assembly = typeof(CliContext).Assembly.Location;
        File.Copy(assembly, Path.Combine(_run.Folder, "petrel.dll"));
        Assert.Equal("petrel", DotnetProject.FindHandler("petrel.csproj", _run.Folder));
    }
}
