using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Changes one's own password. Every other session of the user ends.</summary>
internal sealed class ChangePassword(AppDb db, UserManager<UserAccount> users, Passwords passwords, Sessions sessions, IAuditTrail audit, CurrentActor actor)
    : IUse<ChangePassword.Input, Done>
{
    [NotRemembered("passwords")]
    public sealed record Input(string? Current, string? Password, string? Again);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (actor.UserId is not { } id || await db.Set<UserAccount>().SingleOrDefaultAsync(u => u.Id == id, ct) is not { } user)
            return Problem.NotFound("Your account");
        if (user.Demo)
            return new Problem(null, "Demonstration users keep the password that is printed at start.", "password.demo");
        // As a sign-in: five wrong tries lock, or an unattended screen would be a way to guess.
        if (user.IsLocked(db.Now))
            return new Problem("Current", "Too many tries: wait a quarter of an hour.", "sign_in.locked");
        if (string.IsNullOrEmpty(input.Current) || input.Current.Length > Passwords.Longest || !await users.CheckPasswordAsync(user, input.Current))
        {
            await users.AccessFailedAsync(user);
            await audit.Note("sign-in-failed", user.AuditSubject, new { user.UserName, At = "change of password" }, ct);
            return new Problem("Current", "This is not your password.", "sign_in.wrong");
        }
        var problems = new Problems();
        Passwords.Check(problems, nameof(Input.Password), input.Password, input.Again, user.UserName!);
        if (problems.Any)
            return problems;
        passwords.Set(user, input.Password!);
        await sessions.EndAll(user.Id, actor.Session, ct);
        audit.Add("password-set", user.AuditSubject, null, new { By = "the user" });
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>Ends one of one's own sessions, also one on another machine. It is refused from then on at once.</summary>
internal sealed class EndSession(AppDb db, Sessions sessions, IAuditTrail audit, CurrentActor actor) : IUse<EndSession.Input, Done>
{
    /// <param name="Session">The stored id.</param>
    public sealed record Input(string? Session);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (actor.UserId is not { } user || !await sessions.EndStored(input.Session ?? "", user, ct))
            return Problem.NotFound("This session");
        audit.Add("signed-out", new RecordRef("user_account", user), null, null);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
