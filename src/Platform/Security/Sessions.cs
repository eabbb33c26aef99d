using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

/// <summary>Opens, reads and ends sessions. One SELECT per request tells who it is and what they may.</summary>
internal sealed class Sessions(AppDb db)
{
    public const string Cookie = "tieline_session";
    public static readonly TimeSpan Length = TimeSpan.FromHours(12);

    /// <returns>The value of the cookie; only its hash is stored.</returns>
    public async Task<string> Open(long userId, string source, CancellationToken ct)
    {
        var value = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        db.Add(new Session { Id = Hash(value), UserId = userId, CreatedAt = db.Now, ExpiresAt = db.Now + Length, Source = source });
        await db.SaveChangesAsync(ct);
        return value;
    }

    public async Task End(string value, CancellationToken ct)
    {
        if (await db.Set<Session>().FindAsync([Hash(value)], ct) is { EndedAt: null } session)
        {
            session.EndedAt = db.Now;
            await db.SaveChangesAsync(ct);
        }
    }

    public async Task<(Actor Actor, bool Demo)?> Find(string value, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition("""
            select coalesce(u.employee_id, 0) as EmployeeId, u.display_name as DisplayName, u.demo as Demo,
                (select string_agg(p.permission, ' ') from user_role r join role_permission p on p.role = r.role where r.user_id = u.id) as Permissions
            from session s join user_account u on u.id = s.user_id
            where s.id = @id and s.ended_at is null and s.expires_at > @now and u.active
            """,
            new { id = Hash(value), now = db.Now }, transaction, cancellationToken: ct));
        if (row is null)
            return null;
        var permissions = (row.Permissions ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return (new Actor(ActorKind.Employee, row.EmployeeId, row.DisplayName, permissions), row.Demo);
    }

    public static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed class Row
    {
        public long EmployeeId { get; init; }
        public required string DisplayName { get; init; }
        public bool Demo { get; init; }
        public string? Permissions { get; init; }
    }
}

/// <summary>Reads the session cookie, or the API key of <c>Authorization: Bearer</c>, and sets the <see cref="CurrentActor"/>.</summary>
internal sealed class TielineAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    Sessions sessions, ApiKeys apiKeys, CurrentActor current)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "tieline";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var ct = Context.RequestAborted;
        var address = Context.Connection.RemoteIpAddress?.ToString() ?? "local";
        if (Request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            if (await apiKeys.Find(header["Bearer ".Length..].Trim(), ct) is not { } key)
                return AuthenticateResult.Fail("The API key is not valid.");
            return Accept(key, $"api {address}");
        }
        if (!Request.Cookies.TryGetValue(Sessions.Cookie, out var cookie) || await sessions.Find(cookie, ct) is not { } session)
            return AuthenticateResult.NoResult();
        if (session.Demo && Context.Connection.RemoteIpAddress is { } remote && !System.Net.IPAddress.IsLoopback(remote))
            return AuthenticateResult.Fail("Demonstration users may only sign in on the machine itself.");
        return Accept(session.Actor, $"page {address}");
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Request.Path.StartsWithSegments("/api"))
        {
            await Results.Problem(statusCode: 401, title: "Sign in, or send an API key.", type: "urn:tieline:unauthenticated").ExecuteAsync(Context);
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

    private AuthenticateResult Accept(Actor actor, string source)
    {
        current.Actor = actor;
        current.Source = source;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, actor.Name), new Claim("actor", actor.Ref.ToString())], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}

/// <summary>Hashed, scoped keys for machines: <c>tl_PREFIX_SECRET</c>.</summary>
internal sealed class ApiKeys(AppDb db)
{
    /// <returns>The key itself, shown once.</returns>
    public string Create(string name, IEnumerable<string> permissions, DateTime? expiresAt)
    {
        var prefix = Convert.ToHexString(RandomNumberGenerator.GetBytes(5)).ToLowerInvariant();
        var key = $"tl_{prefix}_{Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant()}";
        db.Add(new ApiKey
        {
            Id = db.NextId(), Name = name, Prefix = prefix, Hash = Sessions.Hash(key), Permissions = string.Join(' ', permissions),
            CreatedBy = db.Actor.Ref, CreatedAt = db.Now, ExpiresAt = expiresAt,
        });
        return key;
    }

    public async Task<Actor?> Find(string key, CancellationToken ct)
    {
        var parts = key.Split('_');
        if (parts is not ["tl", var prefix, _])
            return null;
        var found = await db.Set<ApiKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Prefix == prefix, ct);
        if (found is null || found.RevokedAt is not null || found.ExpiresAt < db.Now
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(found.Hash), Encoding.ASCII.GetBytes(Sessions.Hash(key))))
            return null;
        return new Actor(ActorKind.ApiKey, found.Id, found.Name, found.Permissions.Split(' ').ToHashSet(StringComparer.Ordinal));
    }
}
