using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Customers;
using Tieline.Platform.Data;

namespace Tieline.Contacts.Practice;

/// <summary>The simulated call as it stands on screen.</summary>
/// <param name="State">Null while it rings.</param>
/// <param name="Result">Once the call has ended.</param>
internal sealed record PracticeView(PracticeCall Call, Story Story, InteractionState? State, IReadOnlyList<Told.Line> Said, bool HasMore, PracticeResult? Result)
{
    public bool Rings => Call.AnsweredAt is null;
}

/// <summary>Reads the employee's simulated call. Nothing, and no statement, where there is no demonstration.</summary>
internal sealed class PracticeReader(AppDb db, PracticeDesk desk, IDemoCallers callers, PracticeResults results)
{
    public async Task<PracticeView?> Read(CancellationToken ct)
    {
        if (!await desk.Offered(ct))
            return null;
        var found = await (from c in db.Set<PracticeCall>().AsNoTracking()
                           join i in db.Set<Interaction>().AsNoTracking() on c.InteractionId equals (long?)i.Id into calls
                           from i in calls.DefaultIfEmpty()
                           where c.EmployeeId == desk.Me && c.PutAwayAt == null
                           select new { Call = c, Interaction = i }).SingleOrDefaultAsync(ct);
        // A story of an older version that is told no more.
        if (found is null || Stories.Find(found.Call.Story) is not { } story)
            return null;
        // Given away: it is a colleague's now, and its story with it.
        if (found.Interaction is { } given && given.EmployeeId != desk.Me)
            return null;
        if (found.Call.AnsweredAt is null)
            return new PracticeView(found.Call, story, null, [], false, null);
        if (found.Interaction is { State: InteractionState.Ended } ended)
            return new PracticeView(found.Call, story, ended.State, [], false, await results.Of(found.Call, story, ended, ct));
        var told = new Told(story, found.Call.PersonId is { } person ? await callers.Know(person, ct) : null);
        return new PracticeView(found.Call, story, found.Interaction?.State, told.Said(found.Call.Asked), told.HasMore(found.Call.Asked), null);
    }
}
