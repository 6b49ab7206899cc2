using System.Text;
using CsCheck;
using Petrel.Server.Metering.Model;
using Petrel.Server.Settings;

namespace Petrel.Tests.Metering;

public sealed class BillTests
{
    private static readonly UsageHour January = UsageHour.Of(new DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The first example of AWS's price page: a backend with 3 million requests of 120 ms at 1,536 MB, and the free tier: $2.73.</summary>
    [Fact]
    public void Bill_MobileBackendOfThePricePage_IsItsSum()
    {
        var charge = Price(freeTier: true, Row("f", requests: 3_000_000, ms: 120, mb: 1536));
        Assert.Equal(0.4m, charge.Requests.ToDecimal());
        Assert.Equal(140_000 * 0.0000166667m, charge.Duration.ToDecimal());
        Assert.Equal(2.73m, decimal.Round(charge.Total.ToDecimal(), 2));
    }

    /// <summary>An earlier example of the page: 3 million of a second at 512 MB; its price was 0.00001667 then.</summary>
    [Fact]
    public void Bill_ThreeMillionSeconds_IsComputedByHand()
    {
        var charge = Price(freeTier: true, Row("f", requests: 3_000_000, ms: 1_000, mb: 512));
        Assert.Equal(1_100_000 * 0.0000166667m, charge.Duration.ToDecimal());
        Assert.Equal(0.40m, charge.Requests.ToDecimal());
    }

    /// <summary>2 hours of 1,000 provisioned GB: 7,200,000 GB seconds kept, and 1.2 million requests of a second on them.</summary>
    [Fact]
    public void Bill_ProvisionedConcurrency_IsComputedByHand()
    {
        var row = Row("f", requests: 1_200_000, ms: 1_000, mb: 1024, provisioned: true);
        row = row with { Sums = row.Sums with { ProvisionedMbMs = 7_200_000 * UsageRules.MbMsPerGbSecond } };
        var charge = Price(freeTier: true, row);
        Assert.Equal(7_200_000 * 0.0000041667m, charge.Provisioned.ToDecimal());
        Assert.Equal(1_200_000 * 0.0000097222m, charge.Duration.ToDecimal());
        Assert.Equal(0.24m, charge.Requests.ToDecimal());
    }

    [Theory]
    [InlineData("x86_64", 0.0000166667)]
    [InlineData("arm64", 0.0000133334)]
    public void Bill_OneInvocation_IsExact(string architecture, double price)
    {
        var charge = Price(freeTier: false, Row("f", requests: 1, ms: 1, mb: 128, architecture: architecture));
        Assert.Equal(0.0000002m, charge.Requests.ToDecimal());
        Assert.Equal(decimal.Round((decimal)price / 8_000, 12, MidpointRounding.AwayFromZero), charge.Duration.ToDecimal());
    }

    [Fact]
    public void Bill_StorageBeyondWhatIsFree_IsPriced()
    {
        var row = Row("f", requests: 1, ms: 1_000, mb: 128);
        row = row with { Sums = row.Sums with { StorageMbMs = 1_000 * (10_240 - 512) } };
        Assert.Equal(decimal.Round(9.5m * 0.0000000309m, 12, MidpointRounding.AwayFromZero), Price(freeTier: false, row).Storage.ToDecimal());
    }

    [Fact]
    public void Bill_MoreThanATier_GoesOnInTheNext()
    {
        // 20 billion GB seconds: 6 at the first price, 9 at the second, 5 at the third.
        var charge = Price(freeTier: false, Row("f", requests: 0, ms: 1_000, mb: 1024, gbSeconds: 20_000_000_000));
        Assert.Equal((6_000_000_000 * 0.0000166667m) + (9_000_000_000 * 0.000015m) + (5_000_000_000 * 0.0000133334m), charge.Duration.ToDecimal());
    }

    [Fact]
    public void Bill_NextMonth_BeginsAtTheFirstTierAndWithAFreeTierOfItsOwn()
    {
        var bill = new Bill(MeteringRig.Prices, freeTier: true);
        bill.Add(Row("f", requests: 5_000_000, ms: 1_000, mb: 1024));
        var february = new UsageHour(January.Number + (24 * 31));
        Assert.Equal(0, bill.Add(Row("f", requests: 1_000, ms: 1_000, mb: 1024) with { Hour = february }).Total.ToDecimal());
    }

    [Fact]
    public void Bill_AnySplitOfAMonth_CostsTheSame() => Gen.Select(Gen.Int[1, 50], Gen.Long[0, 40_000_000_000], Gen.Bool).Sample((parts, gbSeconds, free) =>
    {
        var whole = Price(free, Row("f", 2_000_000, 1, 1024, gbSeconds: gbSeconds));
        var bill = new Bill(MeteringRig.Prices, free);
        var sum = default(Charge);
        for (var i = 0; i < parts; i++)
        {
            var share = (gbSeconds * UsageRules.MbMsPerGbSecond / parts) + (i == 0 ? gbSeconds * UsageRules.MbMsPerGbSecond % parts : 0);
            var row = Row("f", (2_000_000 / parts) + (i == 0 ? 2_000_000 % parts : 0), 1, 1024);
            sum += bill.Add(row with { Sums = row.Sums with { BilledMbMs = share }, Hour = new UsageHour(January.Number + i) });
        }

        Assert.Equal(whole, sum);
    });

    [Fact]
    public void Bill_OfTheFirstTier_IsNeverLess() => Gen.Select(Gen.Long[0, 30_000_000_000], Gen.Bool, Gen.Bool).Sample((gbSeconds, provisioned, free) =>
    {
        var row = Row("f", 1_000, 1, 1024, gbSeconds: gbSeconds, provisioned: provisioned);
        Assert.True(Bill.AtFirstTier(MeteringRig.Prices, row.Key, row.Sums).CompareTo(Price(free, row).Total) >= 0);
    });

    [Fact]
    public void Report_OfADay_KnowsTheTiersOfTheDaysBefore()
    {
        var day = new UsageHour(January.Number + 24);
        var question = new UsageQuestion(day, new UsageHour(day.Number + 24), UsageGrouping.Function, null, FreeTier: true);
        var report = new UsageReport(question, MeteringRig.Prices);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), question.BillFrom.Start);
        report.Add(Row("f", requests: 1_000_000, ms: 1, mb: 128));
        report.Add(Row("g", requests: 10, ms: 1, mb: 128) with { Hour = day });
        var line = Assert.Single(report.Lines());
        Assert.Equal(("g", 0.000002m), (line.Group.Function, line.Charge.Requests.ToDecimal()));
    }

    [Fact]
    public void PriceFile_Shipped_NamesItsSourceAndDate()
    {
        Assert.Equal("USD", MeteringRig.Prices.Currency);
        Assert.Contains("https://aws.amazon.com/lambda/pricing/", MeteringRig.Prices.Source, StringComparison.Ordinal);
        Assert.Equal(3, MeteringRig.Prices.X86.Tiers.Length);
    }

    [Theory]
    [InlineData("\"request\": 0.0000002", "\"request\": \"free\"", "request must be a number")]
    [InlineData("\"request\": 0.0000002", "\"requests\": 1", "requests is not known here; did you mean request?")]
    [InlineData("\"request\": 0.0000002", "\"request\": -1", "request is not a price from 0 to 1000")]
    [InlineData("\"request\": 0.0000002", "\"request\": 0.0000000000001", "with at most 12 decimals")]
    [InlineData("\"2026-08-24\"", "\"yesterday\"", "date is not a date such as 2026-01-31")]
    [InlineData("\"USD\"", "\"dollars\"", "currency is not a currency's code")]
    [InlineData("{ \"price\": 0.0000133334 }", "{ \"upToGbSeconds\": 1, \"price\": 0 }", "x86_64.gbSecond[2].upToGbSeconds must be left out")]
    [InlineData("15000000000", "5", "x86_64.gbSecond[1].upToGbSeconds must be larger")]
    [InlineData("\"storageGbSecond\": 0.0000000309,", "", "storageGbSecond is missing")]
    [InlineData("\"freeTier\": {", "\"freeTier\": {,", "not JSON")]
    public void PriceFile_Wrong_NamesWhatAndWhere(string from, string to, string problem)
    {
        var text = PriceFile.ShippedText().Replace(from, to, StringComparison.Ordinal);
        var refused = Assert.Throws<SettingsException>(() => PriceFile.Parse(Encoding.UTF8.GetBytes(text), "prices.json"));
        Assert.Contains(refused.Problems, p => p.Contains(problem, StringComparison.Ordinal) && p.Contains("prices.json", StringComparison.Ordinal));
    }

    [Fact]
    public void PriceFile_NotThere_IsASettingsProblem() =>
        Assert.Contains("metering.prices", Assert.Throws<SettingsException>(() => PriceFile.Load("/nowhere/prices.json")).Problems[0], StringComparison.Ordinal);

    [Fact]
    public void PriceFile_AnyBytes_GiveATableOrASettingsProblem()
    {
        var shipped = Encoding.UTF8.GetBytes(PriceFile.ShippedText());
        Gen.Select(Gen.Int[0, shipped.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            var bytes = shipped.ToArray();
            foreach (var (at, value) in changes)
            {
                bytes[at] = value;
            }

            try
            {
                PriceFile.Parse(bytes, "x");
            }
            catch (SettingsException)
            {
                // Told, which is what is asked.
            }
        });
    }

    private static Charge Price(bool freeTier, params UsageRow[] rows)
    {
        var bill = new Bill(MeteringRig.Prices, freeTier);
        return rows.Aggregate(default(Charge), (sum, row) => sum + bill.Add(row));
    }

    private static UsageRow Row(
        string function, long requests, long ms, long mb, string architecture = "x86_64", bool provisioned = false, long? gbSeconds = null) => new(
            new UsageKey(MeteringRig.Account, MeteringRig.Region, function, architecture, provisioned),
            January,
            new UsageSums { Invocations = requests, BilledMbMs = gbSeconds * UsageRules.MbMsPerGbSecond ?? requests * ms * mb });
}
