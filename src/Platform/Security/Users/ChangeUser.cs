using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Changes a user's name, roles and whether they may sign in. Deactivating ends their sessions at once.</summary>
internal sealed class ChangeUser(AppDb db, Sessions sessions, Administrators administrators, EmployeesOfUsers employees, CurrentActor actor, IUtilityClock clock) : IUse<ChangeUser.Input, Done>
{
    /// <param name="Stamp">As it was read; null saves over whatever others have changed.</param>
    /// <param name="Days">Of roles that the user has on some days only, all of them; null leaves the days as they are.</param>
    public sealed record Input(long Id, string? Stamp, string? DisplayName, IReadOnlyList<string>? Roles, bool? Active, IReadOnlyList<RoleDays>? Days = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageUsers);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await administrators.OneChangeAtATime(ct);
            if (await db.Set<UserAccount>().SingleOrDefaultAsync(u => u.Id == input.Id, ct) is not { } user)
                return Problem.NotFound("The user");
            var problems = new Problems();
            var displayName = problems.Text(nameof(Input.DisplayName), "Name", input.DisplayName, 100);
            var roles = Roles.Read(problems, nameof(Input.Roles), input.Roles);
            var active = problems.Said(nameof(Input.Active), "May sign in", input.Active);
            if (active && !user.Active && user.EmployeeId is { } employee)
                await employees.MaySignIn(problems, nameof(Input.Active), employee, ct);
            var before = await db.Set<UserRole>().Where(r => r.UserId == user.Id).ToListAsync(ct);
            var days = RoleDays.Read(problems, nameof(Input.Days), roles,
                input.Days ?? [.. before.Where(r => roles.Contains(r.Role, StringComparer.Ordinal)).Select(r => new RoleDays(r.Role, r.FromOn, r.ToOn))]);
            var today = await clock.Today(ct);
            if (!await administrators.RemainAfter(user.Id, active, [.. roles.Where(r => days.GetValueOrDefault(r)?.ForGood(today) ?? true)], ct))
                problems.List.Add(Administrators.LastOne);
            if (problems.Any)
                return problems;

            if (input.Stamp is not null)
                db.Entry(user).Property(u => u.ConcurrencyStamp).OriginalValue = input.Stamp;
            (user.DisplayName, user.Active) = (displayName, active);
            user.Touch();
            foreach (var kept in before.Where(r => roles.Contains(r.Role, StringComparer.Ordinal)))
                kept.On(days.GetValueOrDefault(kept.Role)?.FromOn, days.GetValueOrDefault(kept.Role)?.ToOn);
            db.RemoveRange(before.Where(r => !roles.Contains(r.Role, StringComparer.Ordinal)));
            db.AddRange(roles.Except(before.Select(r => r.Role), StringComparer.Ordinal).Select(role =>
                new UserRole { UserId = user.Id, Role = role, GrantedAt = db.Now }.On(days.GetValueOrDefault(role)?.FromOn, days.GetValueOrDefault(role)?.ToOn)));
            if (!active)
                await sessions.EndAll(user.Id, null, ct);
            await db.SaveChangesAsync(ct);
            return Done.It;
        }, ct);
    }
}

/// <summary>Lets a user try again who typed the password wrong too often.</summary>
internal sealed class UnlockUser(AppDb db, CurrentActor actor) : IUse<UnlockUser.Input, Done>
{
    /// <param name="UserName">Instead of the id: on the command line.</param>
    public sealed record Input(long Id = 0, string? UserName = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageUsers);
        var name = input.UserName?.ToUpperInvariant();
        if (await db.Set<UserAccount>().SingleOrDefaultAsync(u => name == null ? u.Id == input.Id : u.NormalizedUserName == name, ct) is not { } user)
            return Problem.NotFound("The user");
        user.Unlock();
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>Makes a one-time link by which a user sets a new password. The old one works until then.</summary>
internal sealed class GivePasswordLink(AppDb db, SetUpLinks links, IAuditTrail audit, CurrentActor actor) : IUse<GivePasswordLink.Input, GivePasswordLink.Given>
{
    public sealed record Input(long Id);

    /// <param name="Link">Path and query; shown once.</param>
    [NotRemembered("the secret is shown once")]
    public sealed record Given(string Link);

    public async Task<Outcome<Given>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageUsers);
        if (await db.Set<UserAccount>().SingleOrDefaultAsync(u => u.Id == input.Id, ct) is not { } user)
            return Problem.NotFound("The user");
        if (user.Demo)
            return new Problem(null, "Demonstration users keep the password that is printed at start.", "password.demo");
        if (!user.Active)
            return new Problem(null, "This user is not active. Activate them first.", "user.inactive");
        var link = await links.Create(user.Id, ct);
        audit.Add("password-link-given", user.AuditSubject, null, null);
        await db.SaveChangesAsync(ct);
        return new Given(link);
    }
}
