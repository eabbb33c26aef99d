using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Adds a user, who sets the password by a one-time link.</summary>
internal sealed class AddUser(AppDb db, SetUpLinks links, Administrators administrators, EmployeesOfUsers employees, CurrentActor actor) : IUse<AddUser.Input, AddUser.Added>
{
    /// <param name="Days">Of roles that the user has on some days only.</param>
    public sealed record Input(string? UserName, string? DisplayName, IReadOnlyList<string>? Roles, long? EmployeeId = null, IReadOnlyList<RoleDays>? Days = null);

    /// <param name="Link">Path and query of the one-time link; shown once.</param>
    [NotRemembered("the secret is shown once")]
    public sealed record Added(long Id, string Link);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageUsers);
        try
        {
            return await db.InTransaction(() => Add(input, ct), ct, o => o.Ok);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            return new Problem(nameof(Input.UserName), "This user name is taken.", "user.name.taken");
        }
    }

    private async Task<Outcome<Added>> Add(Input input, CancellationToken ct)
    {
        await administrators.OneChangeAtATime(ct);
        var problems = new Problems();
        var userName = UserNames.Read(problems, nameof(Input.UserName), input.UserName);
        var displayName = problems.Text(nameof(Input.DisplayName), "Name", input.DisplayName, 100);
        var roles = Roles.Read(problems, nameof(Input.Roles), input.Roles);
        var days = RoleDays.Read(problems, nameof(Input.Days), roles, input.Days);
        if (await UserNames.IsTaken(db, userName, ct))
            problems.Add(nameof(Input.UserName), "This user name is taken.", "user.name.taken");
        if (input.EmployeeId is { } employee)
            await employees.MaySignIn(problems, nameof(Input.EmployeeId), employee, ct);
        if (problems.Any)
            return problems;

        var user = UserAccount.New(db.NextId(), userName, displayName, input.EmployeeId);
        db.Add(user);
        db.AddRange(roles.Select(role => new UserRole { UserId = user.Id, Role = role, GrantedAt = db.Now }.On(days.GetValueOrDefault(role)?.FromOn, days.GetValueOrDefault(role)?.ToOn)));
        var link = await links.Create(user.Id, ct);
        await db.SaveChangesAsync(ct);
        return new Added(user.Id, link);
    }
}
