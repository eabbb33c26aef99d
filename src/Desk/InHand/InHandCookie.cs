using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Tieline.Platform.Security;

namespace Tieline.Desk.InHand;

/// <summary>
/// Which customer an employee has in hand, kept by the browser: sealed, so that nobody can put a customer there whose page they have
/// not opened, and bound to the session, so that it ends with it. Costs the database nothing.
/// </summary>
internal sealed class InHandCookie(IDataProtectionProvider protection, CurrentActor actor)
{
    public const string Name = "tieline_in_hand";
    private readonly IDataProtector seal = protection.CreateProtector("desk.in_hand");

    /// <summary>Who is in hand; null when nobody is, or the cookie is of another session.</summary>
    public long? Of(HttpContext http)
    {
        if (!http.Request.Cookies.TryGetValue(Name, out var sealedText) || sealedText.Length > 1_000 || actor.Session is not { } session)
            return null;
        try
        {
            var parts = seal.Unprotect(sealedText).Split('|');
            return parts[1] == session ? long.Parse(parts[0], CultureInfo.InvariantCulture) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Puts the customer in hand; nothing for machines, which have no session.</summary>
    public void Take(HttpContext http, long person)
    {
        if (actor.Session is { } session && Of(http) != person)
            http.Response.Cookies.Append(Name, seal.Protect(string.Create(CultureInfo.InvariantCulture, $"{person}|{session}")), Options(http));
    }

    public static void PutDown(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http));

    private static CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/", IsEssential = true };
}
