using System.Text.Json;
using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>What the Ruby bootstrap does with handlers, their answers and their errors.</summary>
public sealed class RubyTests
{
    private const string Runtime = "ruby3.3";

    [Theory]
    [InlineData("app.handler", "app.rb", "def handler(event:, context:) = { got: event }")]
    [InlineData("lib/app.handler", "lib/app.rb", "def handler(event:, context:)\n  { 'got' => event }\nend")]
    [InlineData("source.LambdaFunctions::Handler.process", "source.rb",
        "module LambdaFunctions\n  class Handler\n    def self.process(event:, context:)\n      { got: event }\n    end\n  end\nend")]
    [InlineData("json.handler", "json.rb", "def handler(event:, context:) = { got: event }")]
    public async Task Invoke_HandlerOfAnyForm_Answers(string handler, string file, string code)
    {
        await using var function = await BareFunction.StartAsync(Runtime, handler, (file, code));
        Assert.Equal("""{"got":{"é":[1,null,2.5,true,"😀"]}}""", (await function.AnswerAsync(""" {"é":[1,null,2.5,true,"😀"]} """)).GetRawText());
    }

    [Theory]
    [InlineData("nil", "null")]
    [InlineData("\"a \\u2028 \\\"b\\\"\"", "\"a \u2028 \\\"b\\\"\"")]
    [InlineData("[1, 1.5, true, nil, :symbol, { 4 => Own.new }]", """[1,1.5,true,null,"symbol",{"4":{"own":1}}]""")]
    [InlineData("StringIO.new(\"as it is\")", "as it is")]
    [InlineData("File.read(__FILE__).encoding.name + 'é'.encoding.name + ENV['X'].encoding.name", "\"UTF-8UTF-8UTF-8\"")]
    public async Task Invoke_Value_IsWrittenAsLambdaDoes(string value, string expected)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", new Dictionary<string, string> { ["X"] = "é" },
            ("app.rb", $"class Own\n  def to_json(*) = '{{\"own\":1}}'\nend\ndef handler(event:, context:) = ({value})"));
        Assert.Equal(expected, BareFunction.Text((await function.InvokeAsync()).Body));
    }

    [Fact]
    public async Task Invoke_Context_HasEverything()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.rb", """
            def handler(event:, context:)
              {
                values: [context.aws_request_id, context.function_name, context.function_version, context.invoked_function_arn,
                         context.memory_limit_in_mb, context.log_group_name, context.log_stream_name, ENV["_X_AMZN_TRACE_ID"]],
                client: context.client_context, identity: context.identity, deadline: context.deadline_ms > 1_700_000_000_000,
                remaining: context.get_remaining_time_in_millis, cwd: Dir.pwd == $LOAD_PATH.first, layer: $LOAD_PATH.include?("/opt/ruby/lib"),
                fd: ENV.key?("PETREL_FD"), gems: ENV["GEM_PATH"].split(":").last,
              }
            end
            """));
        var client = Convert.ToBase64String("""{"custom":{"foo":"bär"},"client":{"app_title":"Shop"}}"""u8);
        var answer = JsonDocument.Parse((await function.InvokeAsync("{}", clientContext: client, traceId: "Root=1")).Body).RootElement;
        Assert.Equal(
            [BareFunction.RequestId, "bare", "$LATEST", "arn:aws:lambda:us-east-1:000000000000:function:bare:live", "128", "/aws/lambda/bare", "stream", "Root=1"],
            answer.GetProperty("values").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(("""{"custom":{"foo":"bär"},"client":{"app_title":"Shop"}}""", "null", "/opt/ruby/gems/3.3.0"),
            (answer.GetProperty("client").GetRawText(), answer.GetProperty("identity").GetRawText(), answer.GetProperty("gems").GetString()));
        Assert.InRange(answer.GetProperty("remaining").GetInt32(), 20_000, 30_000);
        Assert.Equal((true, true, true, false), (answer.GetProperty("deadline").GetBoolean(), answer.GetProperty("cwd").GetBoolean(),
            answer.GetProperty("layer").GetBoolean(), answer.GetProperty("fd").GetBoolean()));
    }

    [Fact]
    public async Task Invoke_HandlerFails_GivesErrorAsLambdaDoes()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler",
            ("app.rb", "class Own < StandardError; end\ndef handler(event:, context:)\n  raise Own, \"Handler fails \\xff\"\nend\n"));
        for (var i = 0; i < 2; i++)
        {
            var error = await function.ErrorAsync();
            Assert.Equal(["errorMessage", "errorType", "stackTrace"], error.EnumerateObject().Select(p => p.Name));
            Assert.Equal(("Handler fails \ufffd", "Function<Own>"), (error.GetProperty("errorMessage").GetString(), error.GetProperty("errorType").GetString()));
            Assert.Matches("^/.*/app.rb:3:in ['`].*handler'$", Assert.Single(error.GetProperty("stackTrace").EnumerateArray()).GetString());
        }
    }

    [Theory]
    [InlineData("Float::NAN", "{}", "Function<JSON::GeneratorError>")]
    [InlineData("(a = []; a << a)", "{}", "Function<JSON::NestingError>")]
    [InlineData("\"\\xff\"", "{}", "Function<JSON::GeneratorError>")]
    [InlineData("{}.fetch(:a)", "{}", "Function<KeyError>")]
    [InlineData("1", "{", "Function<JSON::ParserError>")]
    public async Task Invoke_CannotAnswer_GivesTheReasonAndLives(string value, string payload, string type)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.rb", $"def handler(event:, context:) = ({value})"));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(type, (await function.ErrorAsync(payload)).GetProperty("errorType").GetString());
        }
    }

    [Theory]
    [InlineData("app.handler", "nil.nothing", "Function<NoMethodError>")]
    [InlineData("app.handler", "Nothing", "Function<NameError>")]
    [InlineData("app.handler", "exit", "Function<SystemExit>")]
    [InlineData("app.handler", "abort('over')", "Function<SystemExit>")]
    [InlineData("app.handler", "handler(event: 1, context: 2)", "Function<SystemStackError>")]
    [InlineData("app.handler", "raise Exception, 'x'", "Function<Exception>")]
    [InlineData("app.none", "1", "Function<NoMethodError>")]
    [InlineData("app.None.process", "1", "Function<NameError>")]
    public async Task Invoke_ErrorThatIsNotStandard_EndsTheProcess(string handler, string body, string type)
    {
        await using var function = await BareFunction.StartAsync(Runtime, handler, ("app.rb", $"def handler(event:, context:)\n  {body}\nend"));
        Assert.Equal(type, (await function.ErrorAsync(ends: true)).GetProperty("errorType").GetString());
        Assert.NotEqual(0, await function.Exited);
    }

    [Fact]
    public async Task Invoke_ProcessExits_SaysSo()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.rb", "def handler(event:, context:) = exit!(4)"));
        Assert.Equal((RuntimeOutcomeKind.Exited, 4), ((await function.InvokeAsync()).Kind, await function.Exited));
    }

    [Theory]
    [InlineData("app", "", "Init<ArgumentError>", "Invalid handler [\"app\"], must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD*")]
    [InlineData("missing.handler", "", "Init<LoadError>", "cannot load such file -- missing")]
    [InlineData("app.handler", "require 'nothing_here'", "Init<LoadError>", "cannot load such file -- nothing_here")]
    [InlineData("app.handler", "def x(", "Init<SyntaxError>", "*")]
    [InlineData("app.handler", "raise 'Runtime startup fails'", "Init<RuntimeError>", "Runtime startup fails")]
    [InlineData("app.handler", "exit 3", "Init<SystemExit>", "exit")]
    public async Task Init_CodeCannotBeLoaded_GivesTheReason(string handler, string code, string type, string message)
    {
        await using var function = await BareFunction.StartAsync(Runtime, handler, ("app.rb", code));
        var error = function.InitError();
        var actual = error.GetProperty("errorMessage").GetString()!;
        Assert.Equal(type, error.GetProperty("errorType").GetString());
        Assert.Equal(message.TrimEnd('*'), message.EndsWith('*') ? actual[..(message.Length - 1)] : actual);
        Assert.NotEqual(0, await function.Exited);
    }

    [Theory]
    [InlineData("require 'shared'", true)]
    [InlineData("gem 'shared'\nrequire 'shared'", true)]
    [InlineData("require 'shared' if Gem::Specification.find_by_name('shared')", true)]
    [InlineData("SHARED = Gem.loaded_specs.key?('shared')", false)]
    [InlineData("require 'csv'\nrequire 'set'\nSHARED = Logger.new($stdout).respond_to?(:info) && StringIO.new('true').read", "true")]
    public async Task Init_Gems_AreFoundInTheBundle(string code, object expected)
    {
        const string gem = "vendor/bundle/ruby/3.3.0/";
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler",
            ("app.rb", $"{code}\ndef handler(event:, context:) = SHARED"),
            (gem + "specifications/shared-1.0.gemspec",
                "Gem::Specification.new { |s| s.name = 'shared'; s.version = '1.0'; s.require_paths = ['lib']; s.summary = 'x'; s.authors = ['x']; s.files = [] }"),
            (gem + "gems/shared-1.0/lib/shared.rb", "SHARED = true"));
        Assert.Equal(JsonSerializer.Serialize(expected), (await function.AnswerAsync()).GetRawText());
    }

    [Fact]
    public async Task Init_GemThatRubyBrings_IsFoundWithoutABundle()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler",
            ("app.rb", "require 'rake'\ndef handler(event:, context:) = [Rake::VERSION.class.name, Gem::VERSION.class.name]"));
        Assert.Equal("""["String","String"]""", (await function.AnswerAsync()).GetRawText());
    }

    [Fact]
    public async Task Invoke_SixMegabytesEachWay_Arrive()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.rb", "def handler(event:, context:) = event"));
        var text = $"\"{new string('é', 3 * 1024 * 1024 - 1)}\"";
        Assert.Equal(text, BareFunction.Text((await function.InvokeAsync(text)).Body));
        Assert.Equal("1", BareFunction.Text((await function.InvokeAsync("1")).Body));
    }

    [Fact]
    public async Task Invoke_ManyTimes_KeepsItsState()
    {
        await using var function = await BareFunction.StartAsync(Runtime, "app.handler", ("app.rb", "def handler(event:, context:) = @n = (@n || -1) + 1"));
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(i, (await function.AnswerAsync()).GetInt32());
        }
    }

    [Theory]
    [InlineData("require 'shared'")]
    [InlineData("gem 'shared'; require 'shared'")]
    public async Task Assign_ProcessThatWasUpBefore_BecomesTheFunction(string code)
    {
        const string gem = "vendor/bundle/ruby/3.3.0/";
        await using var function = await BareFunction.AssignAsync(Runtime, "app.handler", new() { ["X"] = "é", ["TZ"] = "Asia/Tokyo", ["AWS_LAMBDA_LOG_FORMAT"] = "JSON" },
            ("app.rb", $"require 'logger'\n{code}\ndef handler(event:, context:)\n  Logger.new($stdout).info('é')\n  [SHARED, ENV['X'], Time.at(0).hour, context.function_name, $LOAD_PATH.include?('/opt/ruby/lib')]\nend"),
            (gem + "specifications/shared-1.0.gemspec",
                "Gem::Specification.new { |s| s.name = 'shared'; s.version = '1.0'; s.require_paths = ['lib']; s.summary = 'x'; s.authors = ['x']; s.files = [] }"),
            (gem + "gems/shared-1.0/lib/shared.rb", "SHARED = true"));
        Assert.Equal("""[true,"é",9,"bare",true]""", (await function.AnswerAsync()).GetRawText());
        Assert.Equal("é", JsonDocument.Parse(Assert.Single(await function.StopAsync())).RootElement.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("ruby3.2")]
    [InlineData("ruby3.3")]
    [InlineData("ruby3.4")]
    [InlineData("ruby4.0")]
    public async Task Invoke_EveryIdentifier_RunsOnTheVersionThatTheCatalogueSays(string runtime)
    {
        await using var function = await BareFunction.StartAsync(
            runtime, "app.handler", ("app.rb", "def handler(event:, context:)\n  puts 'x'\n  RUBY_VERSION\nend"));
        Assert.Equal(RuntimesUnderTest.Provider.Catalogue.Find(runtime)!.InstalledVersion, (await function.AnswerAsync()).GetString());
    }
}
