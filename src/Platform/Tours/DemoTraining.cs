using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;

namespace Tieline.Platform.Tours;

/// <summary>Where the demonstration's people stand in their tours: some are done, some on the way. The CSR has not begun, so that it is offered.</summary>
internal sealed class DemoTraining(AppDb db, TourBook book) : IDemoData
{
    public int Order => 900;

    public string Name => "training";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var at = plan.AsOf.AddDays(-2).ToDateTime(new TimeOnly(17, 0), DateTimeKind.Utc);
        var people = await (from u in db.Set<UserAccount>() join r in db.Set<UserRole>() on u.Id equals r.UserId where u.Demo select new { u.Id, u.EmployeeId, r.Role }).ToListAsync(ct);
        foreach (var person in people)
        {
            if (book.All.FirstOrDefault(t => t.Role == person.Role) is not { } tour || person.Role == Roles.Csr)
                continue;
            var passed = person.Role switch { Roles.BackOffice => tour.Steps.Count, Roles.Operator => 2, _ => 0 };
            if (passed == 0)
                continue;
            var walk = new TourProgress { Id = db.NextId(), ActorId = person.EmployeeId ?? -person.Id, Tour = tour.Code, Version = tour.Version, Step = tour.Steps[0].Key, LastAt = at };
            walk.GoOn(tour, at);
            foreach (var (i, step) in tour.Steps.Take(passed).Index())
                db.Add(new TourStepPassed { ProgressId = walk.Id, Step = step.Key, At = at.AddMinutes(3 * (i + 1)), Skipped = i == 1 && step.Done is not null });
            if (passed == tour.Steps.Count)
                walk.Finish(at.AddMinutes(3 * passed));
            else
            {
                walk.StandAt(tour.Steps[passed].Key, at.AddMinutes(3 * passed));
                walk.Leave(at.AddMinutes(3 * passed));
            }
            db.Add(walk);
        }
        await db.SaveChangesAsync(ct);
    }
}
