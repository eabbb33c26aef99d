using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;

namespace Tieline.Platform.Tours;

/// <summary>Registers the guided tours, and the buttons of the coach.</summary>
internal static class TourParts
{
    /// <summary>The tour that this browser is in: only then a page asks for the coach.</summary>
    public const string Cookie = "tieline_tour";

    public static void AddTours(this IServiceCollection services)
    {
        services.AddSingleton<TourBook>();
        services.AddScoped<TourDesk>();
        services.AddScoped<IMyTours, MyTours>();
        services.AddScoped<IDemoData, DemoTraining>();
        services.AddTourFact("batch.submitted", TourFacts.Submitted);
    }

    public static void MapTours(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/training/export", ListTraining.Download).ExcludeFromDescription();
        foreach (var way in Enum.GetValues<TourWay>())
        {
            routes.MapButton<MoveTour>($"/tours/{{code}}/{PathOf(way)}", (move, http) => Go(http, move, (string)http.Request.RouteValues["code"]!, way));
        }
    }

    public static string PathOf(TourWay way) => way switch { TourWay.GoOn => "go-on", _ => way.ToString().ToLowerInvariant() };

    private static async Task<IResult> Go(HttpContext http, MoveTour move, string code, TourWay way)
    {
        var outcome = await move.Handle(new(code, way, http.Request.Form["step"]), http.RequestAborted);
        if (!outcome.Ok)
        {
            Forget(http);
            return http.IsFragment() ? Answer(http, new() { ["tour"] = null }) : Results.LocalRedirect("/tours");
        }
        var moved = outcome.Value;
        if (moved.Step is { } step)
        {
            http.Response.Cookies.Append(Cookie, moved.Tour, Options(http));
            var stays = way != TourWay.GoOn && Uri.TryCreate(http.Request.Headers["HX-Current-URL"], UriKind.Absolute, out var on) && step.IsOn(on.AbsolutePath);
            if (stays)
                return Answer(http, new() { ["tour"] = new { moved = true } });
            return Elsewhere(http, http.IsFragment() || way == TourWay.GoOn ? step.Start : $"/tours/{moved.Tour}");
        }
        Forget(http);
        var said = moved.Finished ? $"You have finished the tour “{moved.Title}”." : way == TourWay.Leave ? "Left. My work and your menu lead back to this step." : null;
        if (http.IsFragment() && http.Request.Headers["HX-Target"] == "coach")
            return Answer(http, said is null ? new() { ["tour"] = null } : new() { ["tour"] = null, ["tieline:told"] = new { text = said } });
        if (said is not null)
            Toasts.CarryOver(http, said);
        return Elsewhere(http, way == TourWay.Dismiss ? "/" : "/tours");
    }

    public static void Forget(HttpContext http) => http.Response.Cookies.Delete(Cookie, Options(http));

    private static IResult Elsewhere(HttpContext http, string href)
    {
        if (!http.IsFragment())
            return Results.LocalRedirect(href);
        http.Response.Headers["HX-Redirect"] = href;
        return Results.NoContent();
    }

    private static IResult Answer(HttpContext http, Dictionary<string, object?> told)
    {
        http.TellPage(told);
        return Results.NoContent();
    }

    private static CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/", IsEssential = true, MaxAge = TimeSpan.FromHours(12) };
}
