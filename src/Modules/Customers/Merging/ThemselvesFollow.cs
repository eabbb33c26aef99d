using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;

namespace Tieline.Customers.Merging;

/// <summary>What a person's own row says: those who were merged into the one go along, and what must not be forgotten of the one is said of the survivor.</summary>
internal sealed class PersonFollows(AppDb db, SaidSince since) : IFollowsMerge
{
    private const string Merged = "person.merged_into_id";

    public string Kind => "person";
    public int Order => 140;
    public IReadOnlyCollection<string> Covers { get; } = [Merged, .. Said.Select(s => s.Field), Born, Passphrase];

    private const string Born = "person.born_on";
    private const string Passphrase = "person.passphrase_hash";

    private static readonly (string Field, string Property, string Words)[] Said =
    [
        ("person.life_support", nameof(Person.LifeSupport), "life support"), ("person.sensitive_load", nameof(Person.SensitiveLoad), "sensitive load"),
        ("person.interpreter", nameof(Person.Interpreter), "needs an interpreter"), ("person.relay", nameof(Person.Relay), "calls through a relay service"),
        ("person.large_print", nameof(Person.LargePrint), "large print"), ("person.needs_time", nameof(Person.NeedsTime), "needs time"),
    ];

    public async Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct)
    {
        var counts = new List<MergeCount>();
        if (await db.Set<Person>().CountAsync(p => p.MergedIntoId == from, ct) is var count and > 0)
            counts.Add(new("records merged before", count));
        if (await db.Set<Person>().CountAsync(p => (p.Id == from && p.PassphraseHash != null) || (p.Id == into && p.PassphraseHash == null), ct) == 2)
            counts.Add(new("passphrase", 1));
        return counts;
    }

    public async Task<IReadOnlyList<MergeConflict>> Conflicts(long from, long into, CancellationToken ct)
    {
        var people = await db.Set<Person>().AsNoTracking().Where(p => p.Id == from || p.Id == into).ToListAsync(ct);
        if (people.Find(p => p.Id == from) is not { } one || people.Find(p => p.Id == into) is not { } other)
            return [];
        var conflicts = new List<MergeConflict>();
        if (one.Kind != other.Kind)
            conflicts.Add(new("One is a person, the other an organisation.", Stops: true));
        if (one.BornOn is { } born && other.BornOn is { } else_ && born != else_)
            conflicts.Add(new($"Born on {born:d MMM yyyy}, or on {else_:d MMM yyyy}: the survivor keeps {else_:d MMM yyyy}."));
        if (one.Language != other.Language)
            conflicts.Add(new($"Language is {one.Language}, or {other.Language}: the survivor keeps {other.Language}."));
        if (one.PassphraseHash is not null && other.PassphraseHash is not null)
            conflicts.Add(new("Both have a passphrase: the survivor's stays."));
        return conflicts;
    }

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var (one, other) = (await db.Set<Person>().SingleAsync(p => p.Id == from, ct), await db.Set<Person>().SingleAsync(p => p.Id == into, ct));
        var moved = new List<MovedRow>();
        foreach (var before in await db.Set<Person>().Where(p => p.MergedIntoId == from).OrderBy(p => p.Id).ToListAsync(ct))
        {
            before.MergeInto(into, before.MergedAt ?? db.Now);
            moved.Add(new(Merged, before.Id));
        }
        foreach (var (field, property, _) in Said)
        {
            if (!(bool)db.Entry(one).Property(property).CurrentValue! || (bool)db.Entry(other).Property(property).CurrentValue!)
                continue;
            db.Entry(other).Property(property).CurrentValue = true;
            moved.Add(new(field, into));
        }
        if (one.BornOn is { } born && other.BornOn is null)
        {
            db.Entry(other).Property(p => p.BornOn).CurrentValue = born;
            moved.Add(new(Born, into, born.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
        }
        // The one keeps theirs, by which it is known at undoing whether it still is the survivor's.
        if (one.PassphraseHash is { } hash && other.PassphraseHash is null)
        {
            other.UsePassphrase(hash);
            moved.Add(new(Passphrase, into));
        }
        other.PartsChange();
        return moved;
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var survivor = await db.Set<Person>().SingleAsync(p => p.Id == into, ct);
        var ids = moved.Where(m => m.Field == Merged).Select(m => m.Id).ToArray();
        foreach (var before in await db.Set<Person>().Where(p => ids.Contains(p.Id) && p.MergedIntoId == into).OrderBy(p => p.Id).ToListAsync(ct))
            before.MergeInto(from, before.MergedAt ?? db.Now);
        var mergedAt = await db.Set<Person>().Where(p => p.Id == from).Select(p => p.MergedAt).SingleAsync(ct) ?? db.Now;
        var others = db.Set<Person>().Where(p => p.MergedIntoId == into && p.Id != from && !ids.Contains(p.Id));
        foreach (var (field, property, _) in Said.Where(s => moved.Any(m => m.Field == s.Field)))
        {
            if ((bool)db.Entry(survivor).Property(property).CurrentValue! && !await since.Stays(others, survivor.AuditSubject, property, mergedAt, ct))
                db.Entry(survivor).Property(property).CurrentValue = false;
        }
        if (moved.FirstOrDefault(m => m.Field == Born) is { Before: { } born } && survivor.BornOn?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) == born)
            db.Entry(survivor).Property(p => p.BornOn).CurrentValue = null;
        if (moved.Any(m => m.Field == Passphrase))
        {
            var one = await db.Set<Person>().SingleAsync(p => p.Id == from, ct);
            // A word that was replaced or taken away meanwhile must open nothing again.
            (survivor.PassphraseHash == one.PassphraseHash ? survivor : one).UsePassphrase(null);
        }
        survivor.PartsChange();
    }
}

/// <summary>As <see cref="PersonFollows"/>, of a premise.</summary>
internal sealed class PremiseFollows(AppDb db, SaidSince since) : IFollowsMerge
{
    private const string Merged = "premise.merged_into_id";
    private const string LifeSupport = "premise.life_support";
    private const string SensitiveLoad = "premise.sensitive_load";

    public string Kind => "premise";
    public int Order => 140;
    public IReadOnlyCollection<string> Covers => [Merged, LifeSupport, SensitiveLoad];

    public async Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct)
    {
        var count = await db.Set<Premise>().CountAsync(p => p.MergedIntoId == from, ct);
        return count == 0 ? [] : [new("records merged before", count)];
    }

    public async Task<IReadOnlyList<MergeConflict>> Conflicts(long from, long into, CancellationToken ct)
    {
        var places = await db.Set<Premise>().AsNoTracking().Where(p => p.Id == from || p.Id == into).ToListAsync(ct);
        return places.Find(p => p.Id == from) is { } one && places.Find(p => p.Id == into) is { } other && one.MatchKey != other.MatchKey
            ? [new($"The addresses differ: {one.OneLine}, and {other.OneLine}, which is kept.")] : [];
    }

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var (one, other) = (await db.Set<Premise>().SingleAsync(p => p.Id == from, ct), await db.Set<Premise>().SingleAsync(p => p.Id == into, ct));
        var moved = new List<MovedRow>();
        foreach (var before in await db.Set<Premise>().Where(p => p.MergedIntoId == from).OrderBy(p => p.Id).ToListAsync(ct))
        {
            before.MergeInto(into, before.MergedAt ?? db.Now);
            moved.Add(new(Merged, before.Id));
        }
        if (one.LifeSupport && !other.LifeSupport)
            moved.Add(new(LifeSupport, into));
        if (one.SensitiveLoad && !other.SensitiveLoad)
            moved.Add(new(SensitiveLoad, into));
        other.Flag(other.LifeSupport || one.LifeSupport, other.SensitiveLoad || one.SensitiveLoad);
        return moved;
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var survivor = await db.Set<Premise>().SingleAsync(p => p.Id == into, ct);
        var ids = moved.Where(m => m.Field == Merged).Select(m => m.Id).ToArray();
        foreach (var before in await db.Set<Premise>().Where(p => ids.Contains(p.Id) && p.MergedIntoId == into).OrderBy(p => p.Id).ToListAsync(ct))
            before.MergeInto(from, before.MergedAt ?? db.Now);
        var mergedAt = await db.Set<Premise>().Where(p => p.Id == from).Select(p => p.MergedAt).SingleAsync(ct) ?? db.Now;
        var others = db.Set<Premise>().Where(p => p.MergedIntoId == into && p.Id != from && !ids.Contains(p.Id));
        survivor.Flag(
            survivor.LifeSupport && (!moved.Any(m => m.Field == LifeSupport) || await Stays(nameof(Premise.LifeSupport))),
            survivor.SensitiveLoad && (!moved.Any(m => m.Field == SensitiveLoad) || await Stays(nameof(Premise.SensitiveLoad))));

        Task<bool> Stays(string property) => since.Stays(others, survivor.AuditSubject, property, mergedAt, ct);
    }
}
