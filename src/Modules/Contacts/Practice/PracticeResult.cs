using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Contacts.Practice;

/// <param name="Done">As the story asked for it.</param>
internal sealed record PracticeCheck(bool Done, string Text);

/// <summary>What came of a simulated call, read from what was really recorded.</summary>
/// <param name="RecordedSeconds">From the answer to the last contact recorded; null when nothing was.</param>
/// <param name="HandledSeconds">The call's handle time: neither parked nor waiting.</param>
/// <param name="Best">The employee's own best time with this story among those before, in seconds.</param>
/// <param name="Calls">How many simulated calls the employee has recorded, with this one.</param>
internal sealed record PracticeResult(int? RecordedSeconds, int HandledSeconds, IReadOnlyList<PracticeCheck> Checks, int? Best, int Calls)
{
    public bool AllDone => Checks.All(c => c.Done);
}

internal sealed class PracticeResults(AppDb db, PracticeDesk desk, IDemoCallers callers, IUtilityClock clock)
{
    private const int MostTimes = 500;

    private sealed record Recorded(long Id, string Type, string Name, bool Emergency, long? PersonId, DateTime At);

    private sealed record Promised(DateOnly On, string To, long ContactId);

    public async Task<PracticeResult> Of(PracticeCall call, Story story, Interaction ended, CancellationToken ct)
    {
        var contacts = await (from c in db.Set<Contact>() join t in db.Set<ContactType>() on c.TypeId equals t.Id where c.InteractionId == ended.Id orderby c.Id
                              select new Recorded(c.Id, t.Code, t.Name, t.Emergency, c.PersonId, c.RecordedAt)).ToListAsync(ct);
        var ids = contacts.ConvertAll(c => c.Id);
        var promises = await db.Set<Reminder>().Where(r => ids.Contains(r.ContactId)).OrderBy(r => r.Id).Select(r => new Promised(r.TriggerOn, r.AddressedTo, r.ContactId)).ToListAsync(ct);
        var verified = await callers.VerifiedBy(call.EmployeeId, call.AnsweredAt!.Value, ended.EndedAt!.Value, ct);
        List<PracticeCheck> checks =
        [
            .. Found(call, story, ended, contacts, call.PersonId is { } person ? await callers.Know(person, ct) : null), .. Verified(call, story, verified),
            .. Records(story, contacts), .. await Promises(story, contacts, promises, ct),
        ];
        var times = await Times(ct);
        int? seconds = contacts.Count == 0 ? null : Seconds(call.AnsweredAt.Value, contacts[^1].At);
        var before = times.Where(t => t.Id != call.Id && t.Story == call.Story).Select(t => (int?)t.Seconds).Min();
        return new PracticeResult(seconds, ended.HandledSeconds, checks, before, times.Count);
    }

    /// <summary>The employee's own times, newest first: from the answer to the last contact recorded.</summary>
    public async Task<IReadOnlyList<(long Id, string Story, int Seconds)>> Times(CancellationToken ct)
    {
        var found = await (from p in db.Set<PracticeCall>() join c in db.Set<Contact>() on p.InteractionId equals c.InteractionId where p.EmployeeId == desk.Me && p.AnsweredAt != null
                           group c by new { p.Id, p.Story, p.AnsweredAt } into g
                           orderby g.Key.Id descending
                           select new { g.Key.Id, g.Key.Story, g.Key.AnsweredAt, Last = g.Max(c => c.RecordedAt) }).Take(MostTimes).ToListAsync(ct);
        return found.ConvertAll(f => (f.Id, f.Story, Seconds(f.AnsweredAt!.Value, f.Last)));
    }

    private static IEnumerable<PracticeCheck> Found(PracticeCall call, Story story, Interaction ended, List<Recorded> contacts, DemoCaller? caller)
    {
        if (!story.Find)
            yield break;
        var found = ended.PersonId == call.PersonId || contacts.Exists(c => c.PersonId == call.PersonId);
        yield return new(found, found ? $"Found: {caller?.Name}" : $"Not found: it was about {caller?.Name}, account {caller?.Account}");
    }

    private static IEnumerable<PracticeCheck> Verified(PracticeCall call, Story story, IReadOnlyList<DemoVerified> verified)
    {
        var shown = verified.FirstOrDefault(v => v.Verified && (v.PersonId == call.PersonId || !story.HasCustomer));
        switch (story.Verify)
        {
            case StoryVerify.Yes:
                yield return shown is null ? new(false, "Not verified before things were said") : new(true, $"Verified by {shown.Shown}");
                if (story.Relay)
                    yield return shown is { Relay: true } ? new(true, "Kept that a relay operator spoke") : new(false, "Not kept: a relay operator spoke for the caller");
                if (story.Outsider)
                    yield return shown is { Outsider: true } ? new(true, "Verified as somebody who may act for the customer") : new(false, "Not kept: it was somebody who acts for the customer");
                break;
            case StoryVerify.No when story.Emergency:
                yield return shown is null ? new(true, "Lost no time with verification") : new(false, "Verified somebody, while there was danger");
                break;
            case StoryVerify.No:
                yield return shown is null ? new(true, "Rightly not verified") : new(false, "Verified somebody who had no right to hear anything");
                break;
            default:
                break;
        }
    }

    private static IEnumerable<PracticeCheck> Records(Story story, List<Recorded> contacts)
    {
        var left = new List<Recorded>(contacts);
        foreach (var group in story.Record)
        {
            var fits = left.Find(c => group.Count == 0 || group.Contains(c.Type));
            if (fits is not null)
            {
                left.Remove(fits);
                yield return new(true, fits.Emergency ? $"Recorded as {fits.Name}, and before the right desk at once" : $"Recorded as {fits.Name}");
            }
            else
            {
                yield return new(false, left.Count > 0 ? $"Recorded as {left[0].Name}; {Wanted(group)} would be found sooner" : group.Count > 0 ? $"Not recorded: {Wanted(group)}" : "Nothing was recorded");
            }
        }
    }

    private static string Wanted(IReadOnlyList<string> group) =>
        Platform.Demo.DemoContactTypes.Types.FirstOrDefault(t => group.Count > 0 && t.Code == group[0])?.Description ?? (group.Count > 0 && group[0] == RecordWrongNumber.Code ? "wrong number" : "another type");

    private async Task<IReadOnlyList<PracticeCheck>> Promises(Story story, List<Recorded> contacts, List<Promised> promises, CancellationToken ct)
    {
        if (story.Promise is not { } days)
            return [];
        if (promises.Count == 0)
            return [new(false, days == 1 ? "No promise was made: they wanted a call tomorrow" : "No promise was made: they wanted to be called")];
        foreach (var promise in promises)
        {
            var made = DateOnly.FromDateTime(await clock.ToLocal(contacts.Find(c => c.Id == promise.ContactId)!.At, ct));
            if (days == 0 || promise.On == made.AddDays(days))
                return [new(true, $"Promised for {Day(promise.On)}, to {promise.To}")];
        }
        return [new(false, $"Promised for {Day(promises[0].On)}: they wanted it tomorrow")];
    }

    private static string Day(DateOnly on) => on.ToString("dddd, d MMMM", CultureInfo.InvariantCulture);

    private static int Seconds(DateTime from, DateTime to) => (int)Math.Max(0, (to - from).TotalSeconds);
}
