using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

/// <summary>Reads the session cookie, or the API key of <c>Authorization: Bearer</c>, and sets the <see cref="CurrentActor"/>.</summary>
internal sealed class TielineAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    Sessions sessions, SeenSessions seen, ApiKeys apiKeys, CurrentActor current, AppDb db)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "tieline";

    /// <summary>Bytes: files and scans, not forms.</summary>
    private const int LongBody = 100_000;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Style sheets and scripts are for everyone; they need no look at the database.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
            return AuthenticateResult.NoResult();
        var ct = Context.RequestAborted;
        if (Request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            if (await apiKeys.Find(header["Bearer ".Length..].Trim(), ct) is not { } key)
                return AuthenticateResult.Fail("The API key is not valid.");
            return Accept(key);
        }
        if (!Request.Cookies.TryGetValue(Sessions.Cookie, out var cookie) || await sessions.Find(cookie, ct) is not { } session)
            return AuthenticateResult.NoResult();
        if (session.Demo && !current.FromThisMachine)
            return AuthenticateResult.Fail("Demonstration users may only sign in on the machine itself.");
        // A body is read at the pace of the line, before anything else is asked.
        if ((Request.ContentLength is null or > LongBody) && !HttpMethods.IsGet(Request.Method) && !HttpMethods.IsHead(Request.Method))
            await db.GiveBack();
        current.UserId = session.UserId;
        current.Session = session.Session;
        seen.Saw(session.Session, Context);
        return Accept(session.Actor);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Request.Path.StartsWithSegments("/api"))
        {
            Response.Headers.WWWAuthenticate = "Bearer";
            var wrong = (await HandleAuthenticateOnceSafeAsync()).Failure?.Message;
            await Results.Problem(statusCode: 401, title: wrong ?? "Sign in, or send an API key.", type: "urn:tieline:unauthenticated").ExecuteAsync(Context);
            return;
        }
        // A fragment must not swap the sign-in page into the middle of what someone is typing.
        if (Request.Headers.ContainsKey("HX-Request"))
        {
            Response.StatusCode = 401;
            Response.Headers["HX-Trigger"] = "session-ended";
            return;
        }
        var back = Request.Path + Request.QueryString;
        Response.Redirect(HttpMethods.IsGet(Request.Method) && back != "/" ? $"/sign-in?back={UrlEncoder.Encode(back)}" : "/sign-in");
    }

    private AuthenticateResult Accept(Actor actor)
    {
        current.Actor = actor;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, actor.Name), new Claim("actor", actor.Ref.ToString())], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
