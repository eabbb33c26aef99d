using Microsoft.AspNetCore.Identity;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Checks name and password, with Identity's lock-out, and opens a session.</summary>
internal sealed class SignIn(UserManager<UserAccount> users, Sessions sessions, IAuditTrail audit, CurrentActor actor, AppDb db)
    : IUse<SignIn.Input, SignIn.Opened>
{
    private const int Longest = 256;
    private static readonly Problem Wrong = new("Password", "The name or the password is not right.", "sign_in.wrong");
    private static readonly Problem Locked = new(
        "UserName", "Too many tries: this sign-in is locked for a quarter of an hour. An administrator can unlock it.", "sign_in.locked");

    [NotRemembered("passwords")]
    public sealed record Input(string? UserName, string? Password);

    /// <param name="Cookie">The value of the session cookie.</param>
    [NotRemembered("the secret is shown once")]
    public sealed record Opened(string Cookie);

    public async Task<Outcome<Opened>> Handle(Input input, CancellationToken ct)
    {
        var name = TypedText.OneLine(input.UserName, Longest);
        var password = input.Password ?? "";
        if (password.Length > Longest)
            return Wrong;
        var user = await users.FindByNameAsync(name);
        if (user is not { Active: true, PasswordHash: not null })
        {
            // As long as for a real user, so that the time does not tell which names exist.
            users.PasswordHasher.HashPassword(new UserAccount { DisplayName = "" }, password);
            return Wrong;
        }
        var subject = new RecordRef("user_account", user.Id);
        if (await users.IsLockedOutAsync(user))
        {
            users.PasswordHasher.HashPassword(user, password);
            return Locked;
        }
        if (!await users.CheckPasswordAsync(user, password))
        {
            await audit.Note("sign-in-failed", subject, new { user.UserName }, ct);
            return await CountFailure(user) ? Locked : Wrong;
        }
        if (user.Demo && !actor.FromThisMachine)
        {
            await audit.Note("denied", subject, new { Reason = "demonstration user from another machine" }, ct);
            return new Problem("UserName", "Demonstration users may only sign in on the machine itself.", "sign_in.demo");
        }
        await users.ResetAccessFailedCountAsync(user);
        actor.Actor = new Actor(ActorKind.Employee, user.ActorId, user.DisplayName, new HashSet<string>(StringComparer.Ordinal));
        await audit.Note("signed-in", subject, null, ct);
        return new Opened(await sessions.Open(user.Id, actor.Source, ct));
    }

    /// <summary>Counts a wrong password also when others are tried at the same moment.</summary>
    /// <returns>Whether the user is locked now.</returns>
    private async Task<bool> CountFailure(UserAccount user)
    {
        for (var current = user; ;)
        {
            if ((await users.AccessFailedAsync(current)).Succeeded)
                return await users.IsLockedOutAsync(current);
            db.Forget();
            if (await users.FindByIdAsync(user.Id.ToString()) is not { } again || await users.IsLockedOutAsync(again))
                return true;
            current = again;
        }
    }
}
