using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Customers;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Practice;

/// <summary>A simulated caller rings. Stories come in their order, those told least to this employee first.</summary>
internal sealed class RingPracticeCall(AppDb db, PracticeDesk desk, IDemoCallers callers) : IUse<RingPracticeCall.Input, Done>
{
    /// <param name="Story">Code of the story wanted; null for the next one.</param>
    public sealed record Input(string? Story = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        if (await desk.Refuses(ct) is { } refused)
            return refused;
        if (input.Story is not null && Stories.Find(input.Story) is null)
            return new Problem(nameof(Input.Story), "There is no such story.", "practice.story");
        try
        {
            return await db.InTransaction(() => Ring(input, ct), ct, o => o.Ok);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another window was first: it rings.
            return Done.It;
        }
    }

    private async Task<Outcome<Done>> Ring(Input input, CancellationToken ct)
    {
        if (await desk.AtHand(ct) is { } before)
        {
            if (before.AnsweredAt is null)
                return Done.It;
            if (await db.Set<Interaction>().AnyAsync(i => i.Id == before.InteractionId && i.State != InteractionState.Ended && i.EmployeeId == before.EmployeeId, ct))
                return new Problem(null, "You are on a practice call already. End it first (w), or put it away.", "practice.busy");
            before.PutAway(db.Now);
            // The database allows one at hand, even for the length of a statement.
            await db.SaveChangesAsync(ct);
        }
        var me = desk.Me!.Value;
        foreach (var story in await Next(input.Story, me, ct))
        {
            var person = story.HasCustomer ? await callers.Find([.. story.Traits ?? []], Random.Shared.NextDouble(), me, ct) : null;
            if (story.HasCustomer && person is null)
                continue;
            var number = story.Number switch
            {
                StoryNumber.Own => person is { } caller ? (await callers.Know(caller, ct))?.Phone : null,
                StoryNumber.Other => string.Create(CultureInfo.InvariantCulture, $"(541) 555-01{Random.Shared.Next(100):00}"),
                _ => null,
            };
            db.Add(new PracticeCall { Id = db.NextId(), EmployeeId = me, Story = story.Code, PersonId = person, Number = number, RangAt = db.Now });
            await desk.Save(ct);
            return Done.It;
        }
        return new Problem(null, "Nobody in this town fits the story. Choose another one.", "practice.nobody_fits");
    }

    private async Task<IEnumerable<Story>> Next(string? asked, long me, CancellationToken ct)
    {
        if (Stories.Find(asked) is { } wanted)
            return [wanted];
        var told = await db.Set<PracticeCall>().Where(c => c.EmployeeId == me).GroupBy(c => c.Story).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal, ct);
        return Stories.All.OrderBy(s => told.GetValueOrDefault(s.Code));
    }
}
