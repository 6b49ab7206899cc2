using System.Diagnostics;

namespace Petrel.Bench.Load;

/// <summary>The functions under bench/Functions, in the languages that this machine has.</summary>
internal sealed class SampleFunctions(BenchContext context)
{
    /// <summary>So long that none of many calls at once ends before all have an instance of their own.</summary>
    public const double LongSleepMs = 2_000;

    private readonly string _folder = Path.Combine(context.Root, "bench", "Functions");
    private readonly string _built = Path.Combine(context.Root, "artifacts", "bench-functions");
    private readonly string _stamp = Guid.NewGuid().ToString("N");

    public SampleFunction Node(int number = 0) => new("nodejs20.x", "index.handler", Text("index.js", number));

    public SampleFunction NodeSleeper() => new("nodejs20.x", "index.sleeper", Text("index.js", 0));

    /// <summary>Takes <see cref="LongSleepMs"/>.</summary>
    public SampleFunction NodeLongSleeper() => new("nodejs20.x", "index.longSleeper", Text("index.js", 1));

    public SampleFunction Python(int number = 0) => new("python3.11", "app.handler", Text("app.py", number));

    /// <summary>Takes <see cref="LongSleepMs"/>.</summary>
    public SampleFunction PythonLongSleeper() => new("python3.11", "app.long_sleeper", Text("app.py", 1));

    /// <summary>Takes what it can get, for some seconds.</summary>
    public SampleFunction Hostile(string handler) => new("python3.11", $"app.{handler}", SampleFunction.Zip(new()
    {
        ["app.py"] = File.ReadAllText(Path.Combine(_folder, "hostile", "app.py")),
    }))
    { Environment = new Dictionary<string, string> { ["PETREL_EGRESS"] = "none" }, TimeoutSeconds = 10 };

    /// <summary>Answers with the program that runs it.</summary>
    public SampleFunction PythonProgram() => new("python3.11", "app.program", Text("app.py", 0));

    public SampleFunction Dotnet(int number = 0) =>
        Numbered("dotnet10", "DotnetHello::Hello.Function::Handle", number, folder => CopyFiles(Path.Combine(_folder, "DotnetHello", "bin"), folder));

    /// <summary>Null where the machine has no Ruby.</summary>
    public SampleFunction? Ruby(int number = 0) => File.Exists("/usr/bin/ruby") ? new("ruby3.3", "app.handler", Text("app.rb", number)) : null;

    /// <summary>Null where the machine has no Java compiler.</summary>
    public SampleFunction? Java(int number = 0) => Compile("javac", "hello.class", ["-d", _built, Path.Combine(_folder, "hello", "java", "Hello.java")])
        ? Numbered("java17", "hello.Hello::handle", number, folder => CopyFiles(Path.Combine(_built, "hello"), Path.Combine(folder, "hello")))
        : null;

    /// <summary>A client of the Runtime API in C; null where the machine has no compiler.</summary>
    public SampleFunction? Provided(int number = 0)
    {
        var program = Path.Combine(_built, "bootstrap");
        return Compile("cc", program, ["-O2", "-static", "-o", program, Path.Combine(_folder, "hello", "bootstrap.c")])
            ? Numbered("provided.al2023", "bootstrap", number, folder => File.Copy(program, Path.Combine(folder, "bootstrap")))
            : null;
    }

    /// <summary>A WASI program in C; null where the machine has no compiler for it.</summary>
    public SampleFunction? Wasm(int number = 0)
    {
        var program = Path.Combine(_built, "hello.wasm");
        return Compile("clang", program, ["--target=wasm32-wasi", "--sysroot=/usr", "-O2", "-o", program, Path.Combine(_folder, "hello", "hello.wasi.c")])
            ? Numbered("wasm", "hello.wasm", number, folder => File.Copy(program, Path.Combine(folder, "hello.wasm")))
            : null;
    }

    private byte[] Text(string name, int number) => SampleFunction.Zip(new()
    {
        [name] = File.ReadAllText(Path.Combine(_folder, "hello", name)),
        ["number.txt"] = $"{_stamp} {number}", // a package of its own for every function, as users have
    });

    private SampleFunction Numbered(string runtime, string handler, int number, Action<string> fill)
    {
        var staging = Directory.CreateTempSubdirectory("petrel-bench-package-").FullName;
        try
        {
            fill(staging);
            File.WriteAllText(Path.Combine(staging, "number.txt"), $"{_stamp} {number}");
            return new SampleFunction(runtime, handler, SampleFunction.ZipFolder(staging));
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private bool Compile(string compiler, string output, string[] arguments)
    {
        if (File.Exists(output))
        {
            return true;
        }

        Directory.CreateDirectory(_built);
        try
        {
            using var process = Process.Start(compiler, arguments);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // The machine does not have this compiler.
        }
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
