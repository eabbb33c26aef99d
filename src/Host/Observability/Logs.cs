using System.Diagnostics;
using Microsoft.Extensions.Logging.Console;
using Tieline.Platform.Security;

namespace Tieline.Host.Observability;

/// <summary>
/// Structured logs: JSON, one object a line, where a machine reads them (standard output is no terminal, or
/// <c>TIELINE_LOG=json</c>), else lines for people (<c>TIELINE_LOG=text</c> forces these).
/// </summary>
internal static class Logs
{
    public static bool Json => Environment.GetEnvironmentVariable("TIELINE_LOG") switch
    {
        "json" => true,
        "text" => false,
        _ => Console.IsOutputRedirected,
    };

    /// <param name="toError">Commands keep standard output for what they print.</param>
    public static void Add(ILoggingBuilder logging, bool toError)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(toError ? LogLevel.Warning : LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Npgsql", LogLevel.Warning);
        logging.AddFilter("Tieline.Platform.Security.TielineAuthentication", LogLevel.Warning);
        // What fails is logged once, by whoever answers for it.
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId);
        if (Json && !toError)
            logging.AddJsonConsole(json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        else
            logging.AddSimpleConsole(text => (text.SingleLine, text.TimestampFormat, text.ColorBehavior) = (true, "HH:mm:ss ", LoggerColorBehavior.Default));
        if (toError)
            logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}

/// <summary>One line for each request: what was asked (never the query: it holds names and numbers), how it ended, how long it took, and by whom.</summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context, CurrentActor actor)
    {
        if (Health.IsProbe(context.Request.Path))
        {
            await next(context);
            return;
        }
        var began = Stopwatch.GetTimestamp();
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            status = StatusCodes.Status499ClientClosedRequest;
        }
        finally
        {
            var who = actor.Actor.Id < 0 && actor.Actor.Kind == ActorKind.Process ? "nobody" : actor.Actor.Kind.ToString();
            Answered(context.Request.Method, context.Request.Path, status, Stopwatch.GetElapsedTime(began).TotalMilliseconds, who, Activity.Current?.TraceId.ToHexString());
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} {Status} in {Milliseconds:0.0} ms by {Actor} ({Correlation})")]
    private partial void Answered(string method, string path, int status, double milliseconds, string actor, string? correlation);
}
