using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel budget set|ls|rm</c>: what a function, or all of the account, may use in a day or a month.</summary>
internal sealed class BudgetCommand : Command
{
    public BudgetCommand(CliContext context)
        : base("budget", "Bound what functions may use: warn first, then refuse")
    {
        Subcommands.Add(new SetCommand(context));
        Subcommands.Add(new LsCommand(context));
        Subcommands.Add(new RmCommand(context));
    }

    private static Option<bool> Account() => new("--account") { Description = "All functions of the account together" };

    private static Option<string?> Per(string description)
    {
        var per = new Option<string?>("--per") { Description = description };
        per.AcceptOnlyFromAmong("day", "month");
        return per;
    }

    /// <summary>The function's name; null for the account.</summary>
    private static string? Scope(string? name, bool account) => (name, account) switch
    {
        (null, true) => null,
        ({ } function, false) => function.Split(':')[^1],
        _ => throw new CliException("a budget is for a function or for the account", "give a function's name, or --account"),
    };

    private sealed class SetCommand : Command
    {
        private readonly CliContext _context;
        private readonly Argument<string?> _name;
        private readonly Option<bool> _account = Account();
        private readonly Option<decimal?> _money = new("--money") { Description = "In the currency of the price table", HelpName = "AMOUNT" };
        private readonly Option<decimal?> _gbSeconds = new("--gb-seconds") { Description = "Billed seconds times GB of memory", HelpName = "NUMBER" };
        private readonly Option<decimal?> _invocations = new("--invocations") { Description = "Invocations", HelpName = "NUMBER" };
        private readonly Option<string?> _per = Per("day or month (default: month)");
        private readonly Option<int> _warn = new("--warn") { Description = "Warn at this part of it", HelpName = "PERCENT", DefaultValueFactory = _ => 80 };
        private readonly Option<bool> _json = GlobalOptions.Json();

        public SetCommand(CliContext context)
            : base("set", "Set a budget, or change it: it counts what its period has used so far")
        {
            _context = context;
            _name = FunctionArgument.CreateOptional(context);
            Arguments.Add(_name);
            foreach (var option in new Option[] { _account, _money, _gbSeconds, _invocations, _per, _warn, _json })
            {
                Options.Add(option);
            }

            SetAction(RunAsync);
        }

        private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            var function = Scope(parse.GetValue(_name), parse.GetValue(_account));
            var amounts = new[] { ("money", parse.GetValue(_money)), ("gb-seconds", parse.GetValue(_gbSeconds)), ("invocations", parse.GetValue(_invocations)) };
            if (amounts.Count(a => a.Item2 is not null) != 1)
            {
                throw new CliException("a budget has one amount", "give one of --money, --gb-seconds and --invocations");
            }

            var (unit, limit) = amounts.Single(a => a.Item2 is not null);
            using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
            if (function is not null && await new LambdaClient(api, _context.Time).FindAsync(function, cancellationToken) is null)
            {
                throw new CliException($"there is no function {function}", $"see what there is: {_context.Program} ls");
            }

            var request = new JsonObject
            {
                ["function"] = function,
                ["unit"] = unit,
                ["per"] = parse.GetValue(_per) ?? "month",
                ["limit"] = limit,
                ["warnPercent"] = parse.GetValue(_warn),
            };
            var budget = (await new AdminClient(api).SetBudgetAsync(request, cancellationToken))!;
            if (parse.GetValue(_json))
            {
                _context.Output.Json(budget);
                return 0;
            }

            _context.Output.Step($"budget of {BudgetLine.Scope(budget)}: {BudgetLine.Amount(budget)}, {BudgetLine.Used(budget)}, warns at {budget["warnPercent"]} %");
            return 0;
        }
    }

    private sealed class LsCommand : Command
    {
        private readonly CliContext _context;
        private readonly Option<bool> _json = GlobalOptions.Json();

        public LsCommand(CliContext context)
            : base("ls", "List the budgets, and how much of them is used")
        {
            _context = context;
            Options.Add(_json);
            SetAction(RunAsync);
        }

        private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
            var budgets = await new AdminClient(api).BudgetsAsync(cancellationToken);
            if (parse.GetValue(_json))
            {
                _context.Output.Json(new JsonArray([.. budgets.Select(b => b.DeepClone())]));
                return 0;
            }

            if (budgets.Count == 0)
            {
                _context.Output.Notice("There are no budgets.");
                _context.Output.Advice($"set one: {_context.Program} budget set my-function --money 5");
                return 0;
            }

            var table = new TextTable("Budget of", "Amount", "Used", "Part", "Warns at", "Status", "Until") { LongColumn = 0 };
            foreach (var budget in budgets)
            {
                var percent = budget["usedPercent"]!.GetValue<decimal>().ToString("#,0.#", CultureInfo.InvariantCulture);
                table.Add(
                    BudgetLine.Scope(budget),
                    BudgetLine.Amount(budget),
                    BudgetLine.Quantity(budget, "used"),
                    $"{percent} %",
                    $"{budget["warnPercent"]} %",
                    new Cell(BudgetLine.Status(budget), BudgetLine.Colour(budget)),
                    budget["until"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            }

            _context.Output.Table(table);
            return 0;
        }
    }

    private sealed class RmCommand : Command
    {
        private readonly CliContext _context;
        private readonly Argument<string?> _name;
        private readonly Option<bool> _account = Account();
        private readonly Option<string?> _per = Per("Only that of a day, or of a month");

        public RmCommand(CliContext context)
            : base("rm", "Remove the budgets of a function, or of the account")
        {
            _context = context;
            _name = FunctionArgument.CreateOptional(context);
            Arguments.Add(_name);
            Options.Add(_account);
            Options.Add(_per);
            SetAction(RunAsync);
        }

        private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            var function = Scope(parse.GetValue(_name), parse.GetValue(_account));
            using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
            var removed = await new AdminClient(api).RemoveBudgetsAsync(
                [new("function", function ?? ""), new("per", parse.GetValue(_per))], cancellationToken);
            if (removed == 0)
            {
                throw new CliException($"there is no such budget of {function ?? "the account"}", $"see what there is: {_context.Program} budget ls");
            }

            _context.Output.Step(removed == 1 ? "1 budget removed" : $"{removed} budgets removed");
            return 0;
        }
    }
}
