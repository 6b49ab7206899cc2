using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Petrel.Server.Settings;

namespace Petrel.Server.Metering.Model;

/// <summary>Reads a price table from its file: JSON in the form of the table that comes with the program, checked as a whole.</summary>
internal static class PriceFile
{
    private const string Shipped = "Metering.Prices.json";

    /// <summary>No list price of time or of a request is near it, and sums stay far from what numbers can hold.</summary>
    private const decimal MaxPrice = 1_000;

    private const long MaxGbSeconds = 1_000_000_000_000;

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The table that comes with the program, as text: what a table of one's own begins with.</summary>
    public static string ShippedText()
    {
        using var stream = typeof(PriceFile).Assembly.GetManifestResourceStream(Shipped)!;
        return new StreamReader(stream).ReadToEnd();
    }

    /// <param name="path">The file of the setting <c>metering.prices</c>; null for the table that comes with the program.</param>
    /// <exception cref="SettingsException">It cannot be read, or is no price table; every problem is named.</exception>
    public static PriceTable Load(string? path)
    {
        try
        {
            return path is null ? Parse(Encoding.UTF8.GetBytes(ShippedText()), Shipped) : Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"metering.prices: {e.Message}"]);
        }
    }

    public static PriceTable Parse(ReadOnlyMemory<byte> json, string file)
    {
        if (!Utf8.IsValid(json.Span))
        {
            throw new SettingsException([$"metering.prices ({file}): not UTF-8 text"]);
        }

        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            var problems = new List<string>();
            var table = Read(new Member(document.RootElement, "", problems));
            return problems.Count == 0 ? table : throw new SettingsException([.. problems.Select(p => $"metering.prices ({file}): {p}")]);
        }
        catch (JsonException e)
        {
            throw new SettingsException([$"metering.prices ({file}:{e.LineNumber + 1}): not JSON: {e.Message}"]);
        }
    }

    private static PriceTable Read(Member root)
    {
        root.AllowOnly("name", "currency", "date", "source", "request", "x86_64", "arm64", "storageGbSecond", "freeTier");
        var free = root.Object("freeTier");
        free.AllowOnly("requests", "gbSeconds");
        var date = root.Text("date");
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && date.Length > 0)
        {
            root.Report("date", "is not a date such as 2026-01-31");
        }

        var currency = root.Text("currency");
        if (currency.Length > 0 && (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper)))
        {
            root.Report("currency", "is not a currency's code such as USD");
        }

        return new PriceTable
        {
            Name = root.Text("name"),
            Currency = currency,
            Date = day,
            Source = root.Text("source"),
            RequestPico = root.Price("request"),
            X86 = ReadArchitecture(root.Object("x86_64")),
            Arm = ReadArchitecture(root.Object("arm64")),
            StoragePico = root.Price("storageGbSecond"),
            FreeRequests = free.Whole("requests", MaxGbSeconds),
            FreeMbMs = free.Whole("gbSeconds", MaxGbSeconds) * UsageRules.MbMsPerGbSecond,
        };
    }

    private static ArchitecturePrices ReadArchitecture(Member member)
    {
        member.AllowOnly("gbSecond", "provisionedGbSecond", "provisionedDurationGbSecond");
        var tiers = ImmutableArray.CreateBuilder<PriceTier>();
        var entries = member.List("gbSecond");
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, last) = (entries[i], i == entries.Count - 1);
            entry.AllowOnly("upToGbSeconds", "price");
            var end = last ? long.MaxValue : entry.Whole("upToGbSeconds", MaxGbSeconds) * UsageRules.MbMsPerGbSecond;
            if (last && entry.Has("upToGbSeconds"))
            {
                entry.Report("upToGbSeconds", "must be left out: the last tier has no end");
            }
            else if (tiers.Count > 0 && end <= tiers[^1].EndMbMs)
            {
                entry.Report("upToGbSeconds", "must be larger than that of the tier before");
            }

            tiers.Add(new PriceTier(end, entry.Price("price")));
        }

        return new ArchitecturePrices(tiers.DrainToImmutable(), member.Price("provisionedGbSecond"), member.Price("provisionedDurationGbSecond"));
    }

    /// <summary>A JSON object, and where it stands.</summary>
    private readonly record struct Member(JsonElement Element, string Path, List<string> Problems)
    {
        public bool Has(string name) => Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out _);

        public void Report(string name, string problem) => Problems.Add($"{Path}{name} {problem}");

        public void AllowOnly(params string[] names)
        {
            if (Element.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            foreach (var unknown in Element.EnumerateObject().Select(p => p.Name).Except(names, StringComparer.Ordinal))
            {
                Report(unknown, Nearest.To(unknown, names) is { } near ? $"is not known here; did you mean {near}?" : "is not known here");
            }
        }

        public string Text(string name)
        {
            if (Find(name, JsonValueKind.String, "a text") is { } found && found.GetString() is { Length: > 0 } text)
            {
                return text;
            }

            return "";
        }

        public long Price(string name)
        {
            if (Find(name, JsonValueKind.Number, "a number") is not { } found)
            {
                return 0;
            }

            if (!found.TryGetDecimal(out var price) || price is < 0 or > MaxPrice || decimal.Round(price, Money.PriceDecimals) != price)
            {
                Report(name, $"is not a price from 0 to {MaxPrice} with at most {Money.PriceDecimals} decimals");
                return 0;
            }

            return Money.ToPico(price);
        }

        public long Whole(string name, long max)
        {
            if (Find(name, JsonValueKind.Number, "a number") is not { } found)
            {
                return 0;
            }

            if (!found.TryGetInt64(out var number) || number < 0 || number > max)
            {
                Report(name, $"is not a whole number from 0 to {max}");
                return 0;
            }

            return number;
        }

        public Member Object(string name) => new(Find(name, JsonValueKind.Object, "an object") ?? default, $"{Path}{name}.", Problems);

        public List<Member> List(string name)
        {
            if (Find(name, JsonValueKind.Array, "a list") is not { } found)
            {
                return [];
            }

            if (found.GetArrayLength() == 0)
            {
                Report(name, "needs at least one tier");
            }

            var (path, problems) = (Path, Problems);
            return [.. found.EnumerateArray().Select((entry, i) => new Member(entry, $"{path}{name}[{i}].", problems))];
        }

        /// <summary>Null for what is reported; nothing is reported within what is already missing.</summary>
        private JsonElement? Find(string name, JsonValueKind kind, string expected)
        {
            if (Element.ValueKind == JsonValueKind.Undefined)
            {
                return null;
            }

            if (Element.ValueKind != JsonValueKind.Object || !Element.TryGetProperty(name, out var found))
            {
                Report(name, "is missing");
                return null;
            }

            if (found.ValueKind != kind)
            {
                Report(name, $"must be {expected}");
                return null;
            }

            return found;
        }
    }
}
