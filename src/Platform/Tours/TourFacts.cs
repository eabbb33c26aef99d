using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.Tours;

/// <summary>
/// What the audit knows of anybody, by names that need no registration: <c>added:contact_type</c>, <c>changed:setting</c>, <c>looked:person</c>. It looks back a day at
/// most: the audit of a large house is long.
/// </summary>
internal static class TourFacts
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <returns>Null for a name of another form.</returns>
    public static TourFact? Of(string name) => name.Split(':') is [var did, { Length: > 0 } kind] && did is "looked" or "added" or "changed"
        ? new TourFact(name, (db, who, since, ct) => Happened(db, did, kind, who, since, ct)) : null;

    public static Task<bool> Submitted(AppDb db, ActorRef who, DateTime since, CancellationToken ct) =>
        db.Set<BatchRun>().AnyAsync(r => r.CreatedAt >= since && r.StartedBy == who, ct);

    private static Task<bool> Happened(AppDb db, string did, string kind, ActorRef who, DateTime since, CancellationToken ct)
    {
        var (from, actor, subject) = (since > db.Now - Longest ? since : db.Now - Longest, who.ToString(), $"{kind}:%");
        if (did == "looked")
            return db.Set<Look>().FromSql($"select * from look where at >= {from} and actor = {actor} and subject like {subject}").AsNoTracking().AnyAsync(ct);
        var entries = db.Set<AuditEntry>().FromSql($"select * from audit_entry where at >= {from} and actor = {actor} and subject like {subject}").AsNoTracking();
        return (did == "added" ? entries.Where(e => e.Action == "created") : entries.Where(e => e.Action == "created" || e.Action == "changed" || e.Action == "deleted" || e.Action == "setting")).AnyAsync(ct);
    }
}
