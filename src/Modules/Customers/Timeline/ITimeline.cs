using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers;

/// <param name="About">The record of which the line tells; one line per record.</param>
/// <param name="Kind">Filter word, e.g. <c>contact</c>.</param>
public sealed record TimelineLine(
    long Id, long? PersonId, long? AccountId, long? PremiseId, DateTime At, string Kind, string Title, string? Body, bool IsOpen, RecordRef About);

/// <param name="From">Only lines at or after this instant.</param>
public sealed record TimelineFilter(long? PersonId = null, long? AccountId = null, long? PremiseId = null, string? Kind = null, DateTime? From = null, DateTime? To = null);

/// <summary>Lines of this kind are shown to those who have the right only; the room that tells them says so.</summary>
public interface ITimelineKind
{
    string Kind { get; }
    string Permission { get; }
}

/// <summary>The customer's story. Rooms tell it in the transaction in which something happens, so that reading it is one statement.</summary>
public interface ITimeline
{
    void Tell(RecordRef about, string kind, DateTime at, string title, string? body, bool isOpen, long? personId, long? accountId, long? premiseId);

    /// <summary>The record has changed: other words, another state, or another person to whom it belongs.</summary>
    /// <param name="at">When it happened, if that has changed too.</param>
    Task Retell(RecordRef about, string title, string? body, bool isOpen, long? personId, long? accountId, long? premiseId, CancellationToken ct, DateTime? at = null);

    /// <summary>Many lines at the speed of the database, for loaders: the lines' ids are taken as they are.</summary>
    Task Load(IEnumerable<TimelineLine> lines, CancellationToken ct);

    /// <summary>Newest first, lines of the future on top, without the kinds that the actor has no right to; one SELECT.</summary>
    Task<Page<TimelineLine>> Read(TimelineFilter filter, string? cursor, int size, CancellationToken ct);
}

internal sealed class CustomerTimeline(AppDb db, CurrentActor actor, IEnumerable<ITimelineKind> kinds, PeopleInSight sight) : ITimeline
{
    public void Tell(RecordRef about, string kind, DateTime at, string title, string? body, bool isOpen, long? personId, long? accountId, long? premiseId) =>
        db.Add(new Timeline.TimelineEntry
        {
            Id = db.NextId(), About = about, Kind = kind, At = at, Title = title, Body = body, IsOpen = isOpen,
            PersonId = personId, AccountId = accountId, PremiseId = premiseId,
        });

    public async Task Retell(RecordRef about, string title, string? body, bool isOpen, long? personId, long? accountId, long? premiseId, CancellationToken ct, DateTime? at = null)
    {
        foreach (var entry in await db.Set<Timeline.TimelineEntry>().Where(e => e.About == about).ToListAsync(ct))
        {
            (entry.Title, entry.Body, entry.IsOpen) = (title, body, isOpen);
            (entry.PersonId, entry.AccountId, entry.PremiseId) = (personId, accountId, premiseId);
            entry.At = at ?? entry.At;
        }
    }

    public Task Load(IEnumerable<TimelineLine> lines, CancellationToken ct) =>
        db.BulkInsert(lines.Select(l => new Timeline.TimelineEntry
        {
            Id = l.Id, About = l.About, Kind = l.Kind, At = l.At, Title = l.Title, Body = l.Body, IsOpen = l.IsOpen,
            PersonId = l.PersonId, AccountId = l.AccountId, PremiseId = l.PremiseId,
        }), ct);

    public async Task<Page<TimelineLine>> Read(TimelineFilter filter, string? cursor, int size, CancellationToken ct)
    {
        var entries = db.Set<Timeline.TimelineEntry>().AsNoTracking();
        if (filter.PersonId is { } person)
            entries = entries.Where(e => e.PersonId == person);
        if (filter.AccountId is { } account)
            entries = entries.Where(e => e.AccountId == account);
        if (filter.PremiseId is { } premise)
            entries = entries.Where(e => e.PremiseId == premise);
        if (filter.Kind is { Length: > 0 } kind)
            entries = entries.Where(e => e.Kind == kind);
        if (kinds.Where(r => !actor.May(r.Permission)).Select(r => r.Kind).ToArray() is { Length: > 0 } hidden)
            entries = entries.Where(e => !hidden.Contains(e.Kind));
        if (filter.From is { } from)
            entries = entries.Where(e => e.At >= from);
        if (filter.To is { } to)
            entries = entries.Where(e => e.At < to);
        if (Cursor.Decode(cursor) is { } behind)
            entries = entries.Where(e => e.At < behind.At || (e.At == behind.At && e.Id < behind.Id));
        var lines = await entries.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(size + 1)
            .Select(e => new TimelineLine(e.Id, e.PersonId, e.AccountId, e.PremiseId, e.At, e.Kind, e.Title, e.Body, e.IsOpen, e.About))
            .ToListAsync(ct);
        var more = lines.Count > size;
        var shown = await Shown(more ? lines[..size] : lines, ct);
        return new Page<TimelineLine>(shown, more ? Cursor.Encode(lines[size - 1].At, lines[size - 1].Id) : null);
    }

    private async Task<IReadOnlyList<TimelineLine>> Shown(List<TimelineLine> lines, CancellationToken ct)
    {
        var maskings = await sight.Maskings(lines.Select(l => (l.PersonId, l.AccountId, l.PremiseId)), ct);
        var flows = lines.Where(l => l is { About.Kind: "guided_flow", PersonId: not null }).Select(l => l.PersonId!.Value).Distinct().ToArray();
        var besideOwn = await sight.BesideOwn(flows, ct);
        return lines.ConvertAll(line => maskings.Of(line.PersonId, line.AccountId, line.PremiseId) switch
        {
            { IsClosed: false } masking when line is { About.Kind: "guided_flow", PersonId: { } whose } && besideOwn.Contains(whose) =>
                line with { Title = masking.Text(line.Title), Body = line.Body is null ? null : Masks.ClosedText },
            { IsOpen: true } => line,
            { IsClosed: true } => new TimelineLine(line.Id, null, null, null, line.At, line.Kind, Masks.Closed, null, false, new RecordRef("closed", 0)),
            var masking => line with { Title = masking.Text(line.Title), Body = masking.Text(line.Body) },
        });
    }
}
