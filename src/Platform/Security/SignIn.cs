using Microsoft.AspNetCore.Identity;
using Tieline.Platform.Audit;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Checks name and password, with Identity's lock-out, and opens a session.</summary>
internal sealed class SignIn(UserManager<UserAccount> users, Sessions sessions, IAuditTrail audit, CurrentActor actor)
{
    public sealed record Input(string? UserName, string? Password);

    /// <returns>The value of the session cookie.</returns>
    public async Task<Outcome<string>> Handle(Input input, bool fromThisMachine, CancellationToken ct)
    {
        var wrong = new Problem("Password", "The name or the password is not right.", "sign_in.wrong");
        var user = await users.FindByNameAsync(input.UserName?.Trim() ?? "");
        if (user is null || !user.Active)
        {
            // As long as for a real user, so that the time does not tell which names exist.
            users.PasswordHasher.HashPassword(new UserAccount { DisplayName = "" }, input.Password ?? "");
            return wrong;
        }
        var subject = new RecordRef("user_account", user.Id);
        if (await users.IsLockedOutAsync(user))
            return new Problem("UserName", "Too many tries: this sign-in is locked for a quarter of an hour. An administrator can unlock it.", "sign_in.locked");
        if (!await users.CheckPasswordAsync(user, input.Password ?? ""))
        {
            await users.AccessFailedAsync(user);
            await audit.Note("sign-in-failed", subject, new { user.UserName }, ct);
            return wrong;
        }
        if (user.Demo && !fromThisMachine)
            return new Problem("UserName", "Demonstration users may only sign in on the machine itself.", "sign_in.demo");
        await users.ResetAccessFailedCountAsync(user);
        actor.Actor = new Actor(ActorKind.Employee, user.EmployeeId ?? 0, user.DisplayName, new HashSet<string>(StringComparer.Ordinal));
        await audit.Note("signed-in", subject, null, ct);
        return await sessions.Open(user.Id, actor.Source, ct);
    }
}
