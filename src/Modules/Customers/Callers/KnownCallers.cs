using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Customers.Callers;

/// <summary>The callers of interactions, as the room of the interactions ends them and hands them over. Nothing here saves.</summary>
internal sealed class KnownCallers(AppDb db, PeopleInSight sight)
{
    public async Task End(RecordRef interaction, CancellationToken ct)
    {
        foreach (var caller in await Live().Where(c => c.Interaction == interaction).ToListAsync(ct))
            caller.End(db.Now);
        sight.Forget();
    }

    public async Task Hand(RecordRef interaction, long toEmployee, CancellationToken ct)
    {
        foreach (var caller in await Live().Where(c => c.Interaction == interaction && c.EmployeeId != toEmployee).ToListAsync(ct))
        {
            caller.End(db.Now);
            db.Add(caller.HandedTo(db.NextId(), toEmployee, db.Now));
        }
        sight.Forget();
    }

    public async Task EndOf(long personId, CancellationToken ct)
    {
        if (sight.Me is not { } me)
            return;
        foreach (var caller in await Live().Where(c => c.EmployeeId == me && c.PersonId == personId && c.Interaction == null).ToListAsync(ct))
            caller.End(db.Now);
        sight.Forget();
    }

    /// <summary>Those that are not over.</summary>
    public IQueryable<Caller> Live()
    {
        var now = db.Now;
        return db.Set<Caller>().Where(c => c.EndedAt == null && c.UntilAt > now);
    }
}
