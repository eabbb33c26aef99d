using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>Adds a user, who sets the password by a one-time link.</summary>
internal sealed class AddUser(AppDb db, SetUpLinks links, IWhoWorksHere employees, CurrentActor actor) : IUse<AddUser.Input, AddUser.Added>
{
    public sealed record Input(string? UserName, string? DisplayName, IReadOnlyList<string>? Roles, long? EmployeeId = null);

    /// <param name="Link">Path and query of the one-time link; shown once.</param>
    [NotRemembered("the secret is shown once")]
    public sealed record Added(long Id, string Link);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageUsers);
        var problems = new Problems();
        var userName = UserNames.Read(problems, nameof(Input.UserName), input.UserName);
        var displayName = problems.Text(nameof(Input.DisplayName), "Name", input.DisplayName, 100);
        var roles = Roles.Read(problems, nameof(Input.Roles), input.Roles);
        if (await UserNames.IsTaken(db, userName, ct))
            problems.Add(nameof(Input.UserName), "This user name is taken.", "user.name.taken");
        if (input.EmployeeId is { } employee)
        {
            if (await employees.NameOf(employee, ct) is null)
                problems.Add(nameof(Input.EmployeeId), "This person does not work here (any more).", "user.employee.unknown");
            else if (await db.Set<UserAccount>().Where(u => u.EmployeeId == employee && u.Active).Select(u => u.UserName).FirstOrDefaultAsync(ct) is { } other)
                problems.Add(nameof(Input.EmployeeId), $"This employee signs in as '{other}' already.", "user.employee.taken");
        }
        if (problems.Any)
            return problems;

        var user = UserAccount.New(db.NextId(), userName, displayName, input.EmployeeId);
        db.Add(user);
        db.AddRange(roles.Select(role => new UserRole { UserId = user.Id, Role = role }));
        var link = await links.Create(user.Id, ct);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            return new Problem(nameof(Input.UserName), "This user name is taken.", "user.name.taken");
        }
        return new Added(user.Id, link);
    }
}
