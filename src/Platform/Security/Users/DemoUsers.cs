using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

/// <summary>Makes the sign-ins of the demonstration utility. The loader of the employees calls it, one per role.</summary>
public interface IDemoUsers
{
    /// <summary>Adds a user to the running unit of work; nothing happens when the name is taken.</summary>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="employeeId">The employee this user is; null for someone from outside.</param>
    Task Create(string userName, string role, long? employeeId, string displayName, CancellationToken ct);

    /// <summary>Employees of the users who are employees, by user name.</summary>
    Task<IReadOnlyDictionary<string, long>> Employees(CancellationToken ct);
}

/// <param name="Role">The roles of the user, in words.</param>
public sealed record DemoSignIn(string UserName, string Password, string Role, string DisplayName);

internal sealed class DemoUsers(AppDb db, IPasswordHasher<UserAccount> hasher) : IDemoUsers
{
    /// <summary>No secret: it is printed at start, and these users may only sign in on the machine itself.</summary>
    public const string Password = "demo-tieline";

    public async Task Create(string userName, string role, long? employeeId, string displayName, CancellationToken ct)
    {
        if (!Roles.All.Contains(role, StringComparer.Ordinal))
            throw new ArgumentException($"There is no role '{role}'.", nameof(role));
        var normalised = userName.ToUpperInvariant();
        if (db.Set<UserAccount>().Local.Any(u => u.NormalizedUserName == normalised)
            || await db.Set<UserAccount>().AnyAsync(u => u.NormalizedUserName == normalised, ct))
            return;
        var user = UserAccount.New(db.NextId(), userName, displayName, employeeId, demo: true);
        user.PasswordHash = hasher.HashPassword(user, Password);
        db.Add(user);
        db.Add(new UserRole { UserId = user.Id, Role = role, GrantedAt = db.Now });
    }

    /// <summary>The demonstration's sign-ins, in the order in which they were made.</summary>
    public async Task<IReadOnlyList<DemoSignIn>> All(CancellationToken ct)
    {
        var rows = await (from user in db.Set<UserAccount>()
                          where user.Demo && user.Active
                          join role in db.Set<UserRole>() on user.Id equals role.UserId
                          orderby user.Id
                          select new { user.UserName, user.DisplayName, role.Role }).ToListAsync(ct);
        return [.. rows.Select(r => new DemoSignIn(r.UserName!, Password, r.Role, r.DisplayName))];
    }

    public async Task<IReadOnlyDictionary<string, long>> Employees(CancellationToken ct) =>
        await db.Set<UserAccount>().Where(u => u.Demo && u.EmployeeId != null).ToDictionaryAsync(u => u.UserName!, u => u.EmployeeId!.Value, StringComparer.Ordinal, ct);
}
