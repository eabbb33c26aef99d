using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tieline.Platform.Audit;

namespace Tieline.Platform.Security;

internal static class SessionCookie
{
    public static void Give(HttpContext http, string value) => http.Response.Cookies.Append(Sessions.Cookie, value, Options(http, Sessions.Length));

    public static void Take(HttpContext http) => http.Response.Cookies.Delete(Sessions.Cookie, Options(http, null));

    public static void MapSignOut(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/sign-out", async (HttpContext http, Sessions sessions, IAntiforgery antiforgery, IAuditTrail audit, CurrentActor actor, CancellationToken ct) =>
        {
            // Without a session there is nothing that a forged form could end.
            if (http.Request.Cookies.TryGetValue(Sessions.Cookie, out var cookie) && actor.UserId is { } user)
            {
                if (!await antiforgery.IsRequestValidAsync(http))
                    return Results.BadRequest();
                await sessions.End(cookie, ct);
                await audit.Note("signed-out", new RecordRef("user_account", user), null, ct);
            }
            Take(http);
            return Results.Redirect("/sign-in");
        }).AllowAnonymous().ExcludeFromDescription();

    private static CookieOptions Options(HttpContext http, TimeSpan? age) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, Path = "/", MaxAge = age, IsEssential = true,
    };
}

/// <summary>Carries a key or a one-time link to the next page, which shows it once.</summary>
internal static class ShownOnce
{
    private const string Cookie = "tieline_once";

    public static void Carry(HttpContext http, string secret) => http.Response.Cookies.Append(Cookie, secret, Options(http, TimeSpan.FromMinutes(1)));

    public static string? Take(HttpContext http)
    {
        if (!http.Request.Cookies.TryGetValue(Cookie, out var secret))
            return null;
        http.Response.Cookies.Delete(Cookie, Options(http, null));
        http.Response.Headers.CacheControl = "no-store";
        return secret;
    }

    private static CookieOptions Options(HttpContext http, TimeSpan? age) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/admin", MaxAge = age, IsEssential = true,
    };
}
