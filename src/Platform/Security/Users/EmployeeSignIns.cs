using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>What the room that keeps the employees tells about their sign-ins.</summary>
public interface IEmployeeSignIns
{
    /// <summary>Nobody signs in as this employee any more, and their browsers are signed out. Call it in the transaction that says why.</summary>
    /// <returns>Null, or why that cannot be: they are the last who may manage users.</returns>
    Task<Problem?> Close(long employeeId, CancellationToken ct);

    /// <summary>Employees who can sign in and have the right today. One SELECT.</summary>
    Task<IReadOnlySet<long>> WhoMay(string permission, CancellationToken ct);
}

/// <summary>What the room that keeps the employees answers about them; it registers it.</summary>
public interface IWhoWorksHere
{
    /// <returns>Name of an employee who works here; null for everyone else.</returns>
    Task<string?> NameOf(long employeeId, CancellationToken ct);

    /// <returns>The department of everyone who works here.</returns>
    Task<IReadOnlyDictionary<long, string>> Teams(CancellationToken ct);
}

internal sealed class EmployeeSignIns(AppDb db, Sessions sessions, Administrators administrators, IAuditTrail audit, IUtilityClock clock) : IEmployeeSignIns
{
    public async Task<Problem?> Close(long employeeId, CancellationToken ct)
    {
        await administrators.OneChangeAtATime(ct);
        foreach (var user in await db.Set<UserAccount>().Where(u => u.EmployeeId == employeeId && u.Active).ToListAsync(ct))
        {
            if (!await administrators.RemainAfter(user.Id, active: false, [], ct))
                return Administrators.LastOne;
            user.Active = false;
            user.Touch();
            await sessions.EndAll(user.Id, null, ct);
            audit.Add("signed-out", user.AuditSubject, null, new { Because = "does not work here any more" });
        }
        return null;
    }

    public async Task<IReadOnlySet<long>> WhoMay(string permission, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        return (await (from u in db.Set<UserAccount>()
                       join r in db.Set<UserRole>().HeldOn(today) on u.Id equals r.UserId
                       join g in db.Set<RolePermission>() on r.Role equals g.Role
                       where u.Active && u.EmployeeId != null && g.Permission == permission
                       select u.EmployeeId!.Value).ToListAsync(ct)).ToHashSet();
    }
}
