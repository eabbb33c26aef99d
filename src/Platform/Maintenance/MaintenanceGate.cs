using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Maintenance;

/// <summary>What is still written under a path while the desk is read-only.</summary>
/// <param name="Permission">For those who have this right; null for everyone.</param>
public sealed record GoesOnInMaintenance(string Path, string? Permission = null);

/// <summary>
/// Refuses what would write while the desk is read-only, before anything is read of it: no key is used up, and a form keeps what was typed.
/// Jobs do not come by here: they go on.
/// </summary>
public static class MaintenanceGate
{
    internal const string Rule = "maintenance";
    internal const string Header = "Tieline-Maintenance";
    private const int Shortest = 30;
    private const int Longest = 300;
    private static readonly object Refused = new();

    /// <summary>After authorization: who may not even ask hears that first.</summary>
    public static void UseMaintenance(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (Reads(http.Request.Method) || http.GetEndpoint() is not { } endpoint
            || (await http.RequestServices.GetRequiredService<ReferenceCache<KnownMaintenance>>().Get(http.RequestAborted)).Running is not { } running || GoesOn(http))
        {
            await next(http);
            return;
        }
        var clock = http.RequestServices.GetRequiredService<IUtilityClock>();
        var words = $"Not stored: {await MaintenanceWords.Of(running, clock, http.RequestAborted)}";
        http.Response.Headers.RetryAfter = RetryAfter(running, clock.Now);
        http.Response.Headers[Header] = "1";
        if (http.Request.Path.StartsWithSegments("/api"))
            await ApiRoutes.Refusal([new Problem(null, words, Rule)], StatusCodes.Status503ServiceUnavailable).ExecuteAsync(http);
        else if (http.Request.Headers.ContainsKey("HX-Request"))
            await Results.Text(words, "text/plain", statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(http);
        else if (endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
        {
            // Without script the page is shown again, with all that was typed: its form says why.
            http.Items[Refused] = new Problem(null, $"{words} What you typed is still here: save it when that is over.", Rule);
            await next(http);
        }
        else
            await Results.Extensions.RazorComponent<MaintenanceRefusal>(StatusCodes.Status503ServiceUnavailable, new { Words = words }).ExecuteAsync(http);
    });

    /// <summary>Why the form of this request is not stored; null when it may be.</summary>
    internal static Problem? RefusalOf(HttpContext http) => http.Items[Refused] as Problem;

    private static bool Reads(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool GoesOn(HttpContext http)
    {
        var actor = http.RequestServices.GetRequiredService<CurrentActor>();
        return http.RequestServices.GetServices<GoesOnInMaintenance>()
            .Any(g => http.Request.Path.StartsWithSegments(g.Path, StringComparison.OrdinalIgnoreCase) && (g.Permission is null || actor.May(g.Permission)));
    }

    /// <summary>In seconds. Not later than in five minutes: it may end early.</summary>
    private static string RetryAfter(MaintenanceLine running, DateTime now) =>
        Math.Clamp(running.UntilAt is { } until ? (int)Math.Ceiling((until - now).TotalSeconds) : Longest, Shortest, Longest).ToString(CultureInfo.InvariantCulture);
}

internal static class MaintenanceWords
{
    /// <summary>"Tieline is read-only for maintenance since 21:04, expected until 22:00. New database server."</summary>
    public static async ValueTask<string> Of(MaintenanceLine running, IUtilityClock clock, CancellationToken ct) =>
        $"Tieline is read-only for maintenance {await Span(running, clock, ct)}. {Sentence(running.Reason)}";

    /// <summary>"since 21:04, expected until 22:00"</summary>
    public static async ValueTask<string> Span(MaintenanceLine running, IUtilityClock clock, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var until = running.UntilAt switch
        {
            null => "",
            { } at when at < clock.Now => $"; it should have ended at {Time(await clock.ToLocal(at, ct), today)}",
            { } at => $", expected until {Time(await clock.ToLocal(at, ct), today)}",
        };
        return $"since {Time(await clock.ToLocal(running.BeganAt, ct), today)}{until}";
    }

    public static string Sentence(string text) => text[^1] is '.' or '!' or '?' ? text : $"{text}.";

    private static string Time(DateTime local, DateOnly today) => DateOnly.FromDateTime(local) == today ? $"{local:HH:mm}" : $"{local:d MMM, HH:mm}";
}
