using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Security;

namespace Tieline.Platform.Ui;

public static class PageSetup
{
    // A pasted text of a million letters, four bytes each and percent-encoded, must reach the use that refuses it in words.
    private const int LongestText = 16 * 1024 * 1024;

    internal static void AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents(components =>
        {
            components.DetailedErrors = false;
            components.MaxFormMappingErrorCount = 200;
        });
        services.Configure<FormOptions>(form =>
        {
            form.ValueLengthLimit = LongestText;
            form.ValueCountLimit = 8192;
            form.KeyLengthLimit = 4096;
        });
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "tieline_form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
    }

    internal static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/live", async (HttpContext http, LiveHub hub, CurrentActor actor, AppDb db, IHostApplicationLifetime life) =>
        {
            if (actor.Actor.Kind != ActorKind.Employee)
            {
                http.Response.StatusCode = 403;
                return;
            }
            // Every browser has one of these open all day.
            await db.GiveBack();
            await hub.Stream(http, actor.Actor.Id, life.ApplicationStopping);
        }).ExcludeFromDescription();

    /// <summary>The parts of the pages are laid out for whoever works on them, with failures to look at: nothing for those who serve customers.</summary>
    public static void KeepKitToAdministrators(this IEndpointConventionBuilder pages)
    {
        var administrators = new AuthorizationPolicyBuilder().RequireAssertion(context =>
            context.Resource is HttpContext http && http.RequestServices.GetRequiredService<CurrentActor>().May(PlatformPermissions.ChangeSettings)).Build();
        pages.Add(endpoint =>
        {
            if (endpoint is RouteEndpointBuilder page && page.RoutePattern.RawText?.TrimStart('/').StartsWith("about/ui", StringComparison.Ordinal) == true)
                page.Metadata.Add(administrators);
        });
    }

    /// <summary>Answers without content get a page that says what happened; failures get one with the number under which they are on record.</summary>
    public static void UseProblemPages(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Failed, SuppressDiagnosticsCallback = _ => false });
        app.UseStatusCodePages(context => Say(context.HttpContext, context.HttpContext.Response.StatusCode));
    }

    private static Task Failed(HttpContext http)
    {
        var error = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = error is BadHttpRequestException refused ? refused.StatusCode : StatusCodes.Status500InternalServerError;
        RequestEdge.Protect(http);
        return Say(http, status);
    }

    private static Task Say(HttpContext http, int status)
    {
        if (http.Request.Path.StartsWithSegments("/api"))
            return Results.Problem(statusCode: status).ExecuteAsync(http);
        // A fragment is answered by its status alone: the page that asked says it in a note.
        if (http.IsFragment() || !http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            return Task.CompletedTask;
        var number = Activity.Current?.TraceId.ToHexString()[..8];
        return Results.Extensions.RazorComponent<ProblemPage>(status, new { Status = status, Number = number }).ExecuteAsync(http);
    }
}
