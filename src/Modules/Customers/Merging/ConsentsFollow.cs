using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Consents;
using Tieline.Platform.Data;

namespace Tieline.Customers.Merging;

/// <summary>
/// What a person answered. Where one refused and the other gave, refused it is; where both said the same, the survivor's answer is left.
/// What was answered before is history of the survivor, too.
/// </summary>
internal sealed class ConsentsFollow(AppDb db) : IFollowsMerge
{
    private const string Person = "consent.person_id";
    private const string Superseded = "consent.superseded_at";
    private const string InForce = "in force";

    public string Kind => "person";
    public int Order => 105;
    public IReadOnlyCollection<string> Covers => [Person, Superseded];

    public async Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct)
    {
        var count = await db.Set<Consent>().CountAsync(c => c.PersonId == from && c.SupersededAt == null, ct);
        return count == 0 ? [] : [new("consents", count)];
    }

    public async Task<IReadOnlyList<MergeConflict>> Conflicts(long from, long into, CancellationToken ct)
    {
        var all = await Read(db.Set<Consent>().AsNoTracking(), from, into, ct);
        return [.. Both(all, from, into).Where(pair => pair.Of.Answer != pair.Kept.Answer)
            .Select(pair => new MergeConflict($"One allows {ConsentWords.Of(pair.Of.Purpose)} by {ConsentWords.Of(pair.Of.Channel)}, the other refuses: refused it is."))];
    }

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var all = await Read(db.Set<Consent>(), from, into, ct);
        var moved = new List<MovedRow>();
        var stays = new HashSet<Consent>();
        foreach (var (of, kept) in Both(all, from, into).ToList())
        {
            if (of.Answer == kept.Answer || of.Answer == ConsentAnswer.Given)
            {
                stays.Add(of);
                continue;
            }
            kept.Supersede(db.Now);
            moved.Add(new(Superseded, kept.Id));
        }
        // Before the others come: of a purpose and channel one answer at most is in force.
        await db.SaveChangesAsync(ct);
        foreach (var consent in all.Where(c => c.PersonId == from && !stays.Contains(c)))
        {
            moved.Add(new(Person, consent.Id, consent.SupersededAt is null ? InForce : null));
            Give(consent, into);
        }
        return moved;
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var all = (await Read(db.Set<Consent>(), from, into, ct)).ToDictionary(c => c.Id);
        foreach (var row in moved.Where(m => m.Field == Person))
        {
            var consent = all[row.Id];
            Give(consent, from);
            // What the survivor has answered since is the survivor's.
            if (row.Before == InForce)
                Revive(consent);
        }
        await db.SaveChangesAsync(ct);
        foreach (var kept in moved.Where(m => m.Field == Superseded).Select(m => all[m.Id]))
        {
            if (!all.Values.Any(c => c.PersonId == into && c.SupersededAt is null && (c.Purpose, c.Channel) == (kept.Purpose, kept.Channel)))
                Revive(kept);
        }
    }

    private static IEnumerable<(Consent Of, Consent Kept)> Both(List<Consent> all, long from, long into) =>
        all.Where(c => c.PersonId == from && c.SupersededAt is null).Join(
            all.Where(c => c.PersonId == into && c.SupersededAt is null), of => (of.Purpose, of.Channel), kept => (kept.Purpose, kept.Channel), (of, kept) => (of, kept));

    private static Task<List<Consent>> Read(IQueryable<Consent> consents, long from, long into, CancellationToken ct) =>
        consents.Where(c => c.PersonId == from || c.PersonId == into).OrderBy(c => c.Id).ToListAsync(ct);

    private void Give(Consent consent, long person) => db.Entry(consent).Property(c => c.PersonId).CurrentValue = person;

    private void Revive(Consent consent) => db.Entry(consent).Property(c => c.SupersededAt).CurrentValue = null;
}
