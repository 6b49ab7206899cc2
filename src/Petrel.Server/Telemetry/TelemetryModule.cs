using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Petrel.Server.Settings;

namespace Petrel.Server.Telemetry;

/// <summary>
/// Metrics and traces. Every part counts with its own <c>System.Diagnostics.Metrics.Meter</c> named <c>Petrel.*</c>; this module is the
/// one place that collects them: as Prometheus text at <see cref="MetricsPath"/>, and over OTLP when an endpoint is configured.
/// </summary>
internal static class TelemetryModule
{
    public const string MetricsPath = "/_petrel/metrics";

    private const string Sources = "Petrel.*";

    /// <summary>Seconds: from the tens of microseconds of a warm invocation to the fifteen minutes of the longest.</summary>
    private static readonly double[] SecondBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

    public static IServiceCollection AddPetrelTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("petrel", serviceVersion: PetrelVersion.Current))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Sources).AddView(InSeconds).AddPrometheusExporter();
                if (options.OtlpEndpoint is not null)
                {
                    metrics.AddOtlpExporter(otlp => SendTo(otlp, options, "v1/metrics"));
                }
            });

        // Without a receiver nothing listens to the activity sources, and starting an activity costs nothing.
        if (options.OtlpEndpoint is not null)
        {
            telemetry.WithTracing(tracing => tracing.AddSource(Sources).AddOtlpExporter(otlp => SendTo(otlp, options, "v1/traces")));
        }

        return services;
    }

    /// <summary>The standard's port of gRPC is 4317, that of HTTP 4318; over HTTP each signal has a path of its own below the endpoint's.</summary>
    private static void SendTo(OtlpExporterOptions otlp, TelemetryOptions options, string path)
    {
        var endpoint = options.OtlpEndpoint!; // both callers have looked
        if (options.OtlpProtocol == "grpc" || (options.OtlpProtocol is null && endpoint.Port == 4317))
        {
            (otlp.Protocol, otlp.Endpoint) = (OtlpExportProtocol.Grpc, endpoint);
        }
        else
        {
            var below = endpoint.AbsoluteUri.EndsWith('/') ? endpoint : new Uri(endpoint.AbsoluteUri + "/");
            (otlp.Protocol, otlp.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri(below, path));
        }
    }

    private static ExplicitBucketHistogramConfiguration? InSeconds(Instrument instrument) =>
        instrument is Histogram<double> { Unit: "s" } ? new ExplicitBucketHistogramConfiguration { Boundaries = SecondBounds } : null;

    /// <summary>Serves the Prometheus page, ahead of the edge pipeline: scrapers do not sign.</summary>
    public static void UsePetrelMetrics(this IApplicationBuilder app) => app.UseOpenTelemetryPrometheusScrapingEndpoint(MetricsPath);

    /// <summary>One line an event on standard error, where journald and container runtimes look for it.</summary>
    public static ILoggingBuilder AddPetrelConsole(this ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = false;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return logging
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None) // what it would say is thrown as well
            .AddFilter("Orleans", LogLevel.Warning)
            .SetMinimumLevel(LogLevel.Information);
    }
}
