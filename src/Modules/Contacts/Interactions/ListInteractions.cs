using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <param name="Person">Name of the caller; null when nobody is known.</param>
/// <param name="HandledSeconds">In progress until now.</param>
internal sealed record InteractionRow(InteractionLine Line, string? Person, int HandledSeconds);

internal static class InteractionsInSight
{
    /// <summary>The words and the number of a caller whom the actor does not see whole are masked; of a closed one there are none.</summary>
    public static async Task<List<InteractionLine>> InSight(this ICustomers customers, List<InteractionLine> lines, CancellationToken ct)
    {
        var maskings = await customers.Masking(lines.Select(l => (l.PersonId, (long?)null)), ct);
        return lines.ConvertAll(l => maskings.Of(l.PersonId) switch
        {
            { Level: SightLevel.Full } => l,
            { IsClosed: true } => l with { NumberOrPlace = null, Note = null, HandOverComment = null },
            var masked => l with { NumberOrPlace = masked.Text(l.NumberOrPlace), Note = masked.Text(l.Note), HandOverComment = masked.Text(l.HandOverComment) },
        });
    }
}

/// <summary>Calls, visits and chats by when they began: one's own, or everybody's for those who look after them. One list shown is one look.</summary>
internal sealed class ListInteractions(AppDb db, CurrentActor actor, InteractionDesk desk, ICustomers customers, IAuditTrail audit, IUtilityClock clock) : IUse<ListInteractions.Input, Page<InteractionRow>>
{
    /// <param name="EmployeeId">Null for everybody's; without the right to those, one's own.</param>
    /// <param name="From">The utility's day, as is <paramref name="To"/>; both belong to the list.</param>
    /// <param name="After"><c>next</c> of the page before.</param>
    /// <param name="Size">1 to 200.</param>
    public sealed record Input(
        long? EmployeeId = null, InteractionState? State = null, Channel? Channel = null, long? PersonId = null, DateOnly? From = null, DateOnly? To = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<InteractionRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var rows = await Read(input, input.After, size + 1, ct);
        var more = rows.Count > size;
        if (more)
            rows.RemoveAt(size);
        if (rows.Exists(r => r.Person is not null))
            await audit.Looked(new RecordRef("interaction", 0), ct, "calls", Shown(rows));
        return new Page<InteractionRow>(rows, more ? Cursor.Encode(rows[^1].Line.StartedAt, rows[^1].Line.Id) : null);
    }

    /// <summary>For the look: the calls, and the callers who are shown by name.</summary>
    internal static IEnumerable<long> Shown(IReadOnlyCollection<InteractionRow> rows) =>
        rows.Select(r => r.Line.Id).Concat(rows.Where(r => r.Person is not null).Select(r => r.Line.PersonId).OfType<long>().Distinct());

    /// <summary>A stretch of the list, newest first, without the check and the look: both are the caller's.</summary>
    internal async Task<List<InteractionRow>> Read(Input input, string? after, int count, CancellationToken ct)
    {
        var interactions = await Filtered(input, ct);
        if (Cursor.Decode(after) is { } behind)
            interactions = interactions.Where(i => i.StartedAt < behind.At || (i.StartedAt == behind.At && i.Id < behind.Id));
        var lines = await InteractionsDoor.Lines(db, interactions.OrderByDescending(i => i.StartedAt).ThenByDescending(i => i.Id).Take(count)).ToListAsync(ct);
        lines = await customers.InSight(lines, ct);
        var people = await customers.Sight([.. lines.Select(l => l.PersonId).OfType<long>().Distinct()], ct);
        var names = actor.May(ContactsPermissions.ReadCustomers) && lines.Exists(l => l.PersonId is not null)
            ? await customers.Describe([.. lines.Where(l => l.PersonId is not null).Select(l => new RecordRef("person", l.PersonId!.Value)).Distinct()], ct) : null;
        return lines.ConvertAll(l => new InteractionRow(l.PersonId is { } caller && people[caller] == SightLevel.Closed ? l with { PersonId = null } : l, l.PersonId is { } person ? names?.GetValueOrDefault(new RecordRef("person", person)) : null, Handled(l, db.Now)));
    }

    /// <summary>Seconds in progress until <paramref name="now"/>.</summary>
    internal static int Handled(InteractionLine line, DateTime now) =>
        line.State == nameof(InteractionState.InProgress) ? line.HandledSeconds + (int)Math.Max(0, (now - line.SinceAt).TotalSeconds) : line.HandledSeconds;

    private async Task<IQueryable<Interaction>> Filtered(Input input, CancellationToken ct)
    {
        var interactions = db.Set<Interaction>().AsNoTracking();
        var employee = actor.May(ContactsPermissions.Supervise) ? input.EmployeeId : desk.Me ?? -1;
        if (employee is { } only)
            interactions = interactions.Where(i => i.EmployeeId == only);
        if (input.State is { } state)
            interactions = interactions.Where(i => i.State == state);
        if (input.Channel is { } channel)
            interactions = interactions.Where(i => i.Channel == channel);
        // Whose record is closed has had no calls.
        if (input.PersonId is { } person)
            interactions = (await customers.Sight([person], ct))[person] == SightLevel.Closed ? interactions.Where(i => false) : interactions.Where(i => i.PersonId == person);
        if (input.From is { } from)
        {
            var start = await clock.StartOf(from, ct);
            interactions = interactions.Where(i => i.StartedAt >= start);
        }
        if (input.To is { } to && to < DateOnly.MaxValue)
        {
            var end = await clock.EndOf(to, ct);
            interactions = interactions.Where(i => i.StartedAt < end);
        }
        return interactions;
    }
}
