using Microsoft.AspNetCore.Http;

namespace Tieline.Platform.Ui;

/// <summary>Short notes at the edge of the screen.</summary>
public static class Toasts
{
    internal const string Cookie = "tieline_toast";

    /// <summary>Shows <paramref name="text"/> on the next page, once. For uses that answer with a redirect outside of a form.</summary>
    public static void CarryOver(HttpContext http, string text) =>
        http.Response.Cookies.Append(Cookie, text.Length > 500 ? text[..500] : text, new CookieOptions
        {
            MaxAge = TimeSpan.FromSeconds(30), SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/", IsEssential = true,
        });
}
