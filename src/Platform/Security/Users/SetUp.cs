using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Uses a one-time link: the first administrator comes to be, or a user sets a new password.</summary>
internal sealed class SetUp(AppDb db, SetUpLinks links, Passwords passwords, Sessions sessions, IAuditTrail audit, CurrentActor actor) : IUse<SetUp.Input, Done>
{
    public static readonly Problem Gone = new(null, "This link does not work (any more). It works once, for 24 hours; ask your administrator for another one.", "set_up.gone");

    /// <param name="UserName">For the first administrator only, as is <paramref name="DisplayName"/>.</param>
    [NotRemembered("passwords")]
    public sealed record Input(string? Token, string? UserName, string? DisplayName, string? Password, string? Again);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (await links.Find(input.Token, ct) is not { } link)
            return Gone;
        var problems = new Problems();
        UserAccount? user;
        if (link.UserId is { } id)
        {
            user = await db.Set<UserAccount>().SingleOrDefaultAsync(u => u.Id == id && u.Active && !u.Demo, ct);
            if (user is null)
                return Gone;
            Passwords.Check(problems, nameof(Input.Password), input.Password, input.Again, user.UserName!);
        }
        else
        {
            if (await links.HasAdministrator(ct))
                return Gone;
            var userName = UserNames.Read(problems, nameof(Input.UserName), input.UserName);
            var displayName = problems.Text(nameof(Input.DisplayName), "Your name", input.DisplayName, 100);
            Passwords.Check(problems, nameof(Input.Password), input.Password, input.Again, userName);
            if (await UserNames.IsTaken(db, userName, ct))
                problems.Add(nameof(Input.UserName), "This user name is taken.", "user.name.taken");
            user = UserAccount.New(db.NextId(), userName, displayName, null);
        }
        if (problems.Any)
            return problems;

        if (link.UserId is null)
        {
            db.Add(user);
            db.Add(new UserRole { UserId = user.Id, Role = Roles.TechnicalAdministrator, GrantedAt = db.Now });
            db.Add(new UserRole { UserId = user.Id, Role = Roles.BusinessAdministrator, GrantedAt = db.Now });
        }
        actor.Actor = new Actor(ActorKind.Employee, user.ActorId, user.DisplayName, new HashSet<string>(StringComparer.Ordinal));
        passwords.Set(user, input.Password!);
        links.Use(link);
        await sessions.EndAll(user.Id, null, ct);
        audit.Add("password-set", new RecordRef("user_account", user.Id), null, new { By = "one-time link" });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            db.Forget();
            return Gone;
        }
        return Done.It;
    }
}
