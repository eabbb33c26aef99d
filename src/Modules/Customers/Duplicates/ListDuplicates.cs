using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Duplicates;

/// <param name="Reference">Null for a premise.</param>
internal sealed record DuplicateSide(long Id, string? Reference, string Name, DateOnly? BornOn);

/// <param name="A">The older record.</param>
/// <param name="Score">0 to 100.</param>
/// <param name="State"><c>Open</c>, <c>Merged</c> or <c>NotTheSame</c>.</param>
internal sealed record DuplicateLine(
    long Id, MergeKind Kind, DuplicateSide A, DuplicateSide B, int Score, string Reasons, DateTime FoundAt, DuplicateState State, ActorRef? DecidedBy, DateTime? DecidedAt, string? Why, int Version);

/// <summary>Pairs that look like one, the likeliest first. Keeps in one row whom it showed.</summary>
internal sealed class ListDuplicates(AppDb db, CurrentActor actor, IAuditTrail audit, PeopleInSight sight) : IUse<ListDuplicates.Input, Page<DuplicateLine>>
{
    /// <param name="Score">Only those with so many points at least.</param>
    /// <param name="State">Open ones when left out.</param>
    /// <param name="RecordId">Only those of this person or premise.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(MergeKind? Kind = null, int? Score = null, DuplicateState? State = null, long? RecordId = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<DuplicateLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Duplicates);
        actor.Require(CustomersPermissions.Read);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var pairs = await Behind(await InSight(Narrow(input), ct), input.After).OrderByDescending(p => p.Score).ThenByDescending(p => p.Id).Take(size + 1).ToListAsync(ct);
        var shown = pairs.Count > size ? pairs[..size] : pairs;
        var lines = await Lines(shown, ct);
        if (lines.Count > 0)
            await audit.Looked(new RecordRef("search", 0), ct, "duplicates", lines.Where(l => l.Kind == MergeKind.Person).SelectMany(l => new[] { l.A.Id, l.B.Id }).Distinct());
        return new Page<DuplicateLine>(lines, pairs.Count > size ? Cursor(shown[^1]) : null);
    }

    /// <summary>The open pair behind this one in the list; null at its end.</summary>
    public async Task<long?> Next(DuplicateLine line, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Duplicates);
        var open = await InSight(db.Set<DuplicatePair>().AsNoTracking().Where(p => p.State == DuplicateState.Open && p.Id != line.Id), ct);
        return await open.Where(p => p.Score < line.Score || (p.Score == line.Score && p.Id < line.Id)).OrderByDescending(p => p.Score).ThenByDescending(p => p.Id).Select(p => (long?)p.Id).FirstOrDefaultAsync(ct);
    }

    /// <summary>Names as they are now: of a record that was merged, the survivor's.</summary>
    internal async Task<IReadOnlyList<DuplicateLine>> Lines(IReadOnlyCollection<DuplicatePair> pairs, CancellationToken ct)
    {
        long[] Ids(MergeKind kind) => [.. pairs.Where(p => p.Kind == kind).SelectMany(p => new[] { p.AId, p.BId }).Distinct()];
        var (who, where) = (Ids(MergeKind.Person), Ids(MergeKind.Premise));
        var levels = await sight.Of(who, ct);
        var hidden = await sight.Hidden(ct);
        var sides = (await db.Set<Person>().Where(p => who.Contains(p.Id)).Select(p => new DuplicateSide(p.Id, p.Reference, p.DisplayName, p.BornOn)).ToListAsync(ct)).Select(s => Shown(s, levels[s.Id], hidden))
            .Concat(where.Length == 0 ? [] : await db.Set<Premise>().Where(p => where.Contains(p.Id)).Select(p => new DuplicateSide(p.Id, null, p.OneLine, null)).ToListAsync(ct))
            .ToDictionary(s => s.Id);
        var said = pairs.Where(p => p.Why is not null).ToLookup(p => p.Kind, p => (p.AId, p.BId));
        var (ofPeople, ofPlaces) = (await MergeBook.Words(sight, MergeKind.Person, said[MergeKind.Person], ct), await MergeBook.Words(sight, MergeKind.Premise, said[MergeKind.Premise], ct));
        string? Why(DuplicatePair p) => p.Why is null ? null : (p.Kind == MergeKind.Person ? ofPeople : ofPlaces)(p.AId, p.BId, p.Why);
        return [.. pairs.Select(p => new DuplicateLine(
            p.Id, p.Kind, sides[p.AId], sides[p.BId], p.Score, p.Reasons, p.FoundAt, p.State, p.DecidedBy, p.DecidedAt, Why(p), p.Version))];
    }

    private static DuplicateSide Shown(DuplicateSide side, SightLevel level, MaskedValues hidden) => level switch
    {
        SightLevel.Closed => side with { Reference = null, Name = Masks.Closed, BornOn = null },
        SightLevel.Masked when hidden.HasFlag(MaskedValues.Born) => side with { BornOn = null },
        _ => side,
    };

    private IQueryable<DuplicatePair> Narrow(Input input)
    {
        var state = input.State ?? DuplicateState.Open;
        var pairs = db.Set<DuplicatePair>().AsNoTracking().Where(p => p.State == state);
        if (input.Kind is { } kind)
            pairs = pairs.Where(p => p.Kind == kind);
        if (input.Score is { } least)
            pairs = pairs.Where(p => p.Score >= least);
        if (input.RecordId is { } record)
            pairs = pairs.Where(p => p.AId == record || p.BId == record);
        return pairs;
    }

    /// <summary>Without the pairs of those who are closed: that somebody has the same phone as one of them is a way to find them.</summary>
    private async Task<IQueryable<DuplicatePair>> InSight(IQueryable<DuplicatePair> pairs, CancellationToken ct) => await sight.AllClosed(ct) is not { } closed ? pairs
        : pairs.Where(p => p.Kind != MergeKind.Person || (!closed.Contains(p.AId) && !closed.Contains(p.BId)));

    private static string Cursor(DuplicatePair last) => string.Create(CultureInfo.InvariantCulture, $"{last.Score}-{last.Id}");

    private static IQueryable<DuplicatePair> Behind(IQueryable<DuplicatePair> pairs, string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
            return pairs;
        if (cursor.Split('-') is not [var points, var key] || !int.TryParse(points, NumberStyles.None, CultureInfo.InvariantCulture, out var score)
            || !long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            throw new UnknownCursorException();
        return pairs.Where(p => p.Score < score || (p.Score == score && p.Id < id));
    }
}

internal static class DuplicatesInSight
{
    /// <exception cref="ForbiddenException">One of the two is closed to the actor.</exception>
    public static async Task RequireOpen(this DuplicatePair pair, PeopleInSight sight, CancellationToken ct)
    {
        if (pair.Kind != MergeKind.Person)
            return;
        await sight.RequireOpen(pair.AId, ct);
        await sight.RequireOpen(pair.BId, ct);
    }
}

/// <summary>One pair.</summary>
internal sealed class GetDuplicate(AppDb db, CurrentActor actor, ListDuplicates list, IAuditTrail audit, PeopleInSight sight) : IUse<GetDuplicate.Input, DuplicateLine>
{
    public sealed record Input(long Id);

    public async Task<Outcome<DuplicateLine>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Duplicates);
        actor.Require(CustomersPermissions.Read);
        if (await db.Set<DuplicatePair>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == input.Id, ct) is not { } pair)
            return Problem.NotFound("This pair");
        await pair.RequireOpen(sight, ct);
        var line = (await list.Lines([pair], ct))[0];
        await audit.Looked(new RecordRef("search", 0), ct, "duplicates", line.Kind == MergeKind.Person ? [line.A.Id, line.B.Id] : []);
        return line;
    }
}
