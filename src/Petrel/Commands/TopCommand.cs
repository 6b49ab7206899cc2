using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;
using Spectre.Console;

namespace Petrel.Commands;

/// <summary><c>petrel top</c>: what the daemon and its functions do, now.</summary>
internal sealed class TopCommand : Command
{
    /// <summary>How often the keyboard is looked at.</summary>
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(100);

    private readonly CliContext _context;
    private readonly Option<bool> _once = new("--once") { Description = "Print one picture and end" };
    private readonly Option<double> _interval = new("--interval") { Description = "Seconds between two pictures", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _sort = new("--sort") { Description = "invocations, cpu, memory or name", DefaultValueFactory = _ => "invocations" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one picture as JSON for programs: totals since the daemon started" };

    public TopCommand(CliContext context)
        : base("top", "Watch instances, queues, cold starts, processor and memory of the functions")
    {
        _context = context;
        _sort.AcceptOnlyFromAmong("invocations", "cpu", "memory", "name");
        _interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.1 and <= 3_600))
            {
                result.AddError("--interval takes 0.1 to 3600 seconds");
            }
        });
        foreach (var option in new Option[] { _once, _interval, _sort, _json })
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var admin = new AdminClient(api);
        var first = (await admin.ActivityAsync(null, cancellationToken))!;
        if (parse.GetValue(_json))
        {
            _context.Output.Json(first);
            return 0;
        }

        var order = Enum.Parse<TopOrder>(parse.GetValue(_sort)!, ignoreCase: true);
        var interval = TimeSpan.FromSeconds(parse.GetValue(_interval));
        var before = TopSnapshot.Read(first);
        if (parse.GetValue(_once) || !_context.Output.IsTerminal)
        {
            await Task.Delay(interval, _context.Time, cancellationToken);
            var picture = new Picture(before, await ReadAsync(admin, cancellationToken), order, await BudgetsAsync(admin, cancellationToken));
            _context.Output.Screen.Write(picture.Draw((_context.Output.Screen.Profile.Width, int.MaxValue / 2), keys: false));
            return 0;
        }

        try
        {
            await WatchAsync(admin, new Picture(before, before, order, []), interval, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl+C is one of the ways to end it.
        }

        return 0;
    }

    private Task WatchAsync(AdminClient admin, Picture picture, TimeSpan interval, CancellationToken cancellationToken)
    {
        var screen = _context.Output.Screen;
        return screen.Live(picture.Draw(Size(screen))).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            while (true)
            {
                var now = await ReadAsync(admin, cancellationToken);
                picture = picture with { Before = picture.Now, Now = now, Budgets = await BudgetsAsync(admin, cancellationToken) };
                live.UpdateTarget(picture.Draw(Size(screen)));
                live.Refresh();
                for (var waited = TimeSpan.Zero; waited < interval; waited += KeyInterval)
                {
                    await Task.Delay(KeyInterval, _context.Time, cancellationToken);
                    while (!Console.IsInputRedirected && Console.KeyAvailable)
                    {
                        if (Press(Console.ReadKey(intercept: true).Key, picture) is not { } pressed)
                        {
                            return;
                        }

                        picture = pressed;
                        live.UpdateTarget(picture.Draw(Size(screen)));
                        live.Refresh();
                    }
                }
            }
        });
    }

    /// <summary>Null ends it.</summary>
    private static Picture? Press(ConsoleKey key, Picture picture) => key switch
    {
        ConsoleKey.Q or ConsoleKey.Escape => null,
        ConsoleKey.I => picture with { Order = TopOrder.Invocations },
        ConsoleKey.C => picture with { Order = TopOrder.Cpu },
        ConsoleKey.M => picture with { Order = TopOrder.Memory },
        ConsoleKey.N => picture with { Order = TopOrder.Name },
        _ => picture,
    };

    private static (int Width, int Height) Size(IAnsiConsole screen) => (screen.Profile.Width, screen.Profile.Height);

    private static async Task<TopSnapshot> ReadAsync(AdminClient admin, CancellationToken cancellationToken) =>
        TopSnapshot.Read((await admin.ActivityAsync(null, cancellationToken))!);

    /// <summary>Those that somebody should know of.</summary>
    private static async Task<IReadOnlyList<JsonNode>> BudgetsAsync(AdminClient admin, CancellationToken cancellationToken) =>
        [.. (await admin.BudgetsAsync(cancellationToken)).Where(b => BudgetLine.Status(b) != "open")];

    private sealed record Picture(TopSnapshot Before, TopSnapshot Now, TopOrder Order, IReadOnlyList<JsonNode> Budgets)
    {
        public Spectre.Console.Rendering.IRenderable Draw((int Width, int Height) terminal, bool keys = true) =>
            TopView.Draw(Before, Now, terminal, Order, Budgets, keys);
    }
}
