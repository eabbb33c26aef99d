using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Reasons;
using Tieline.Platform.Security;

namespace Tieline.Operations.Jobs;

/// <summary>Jobs of a kind die: one incident from the first death until none of the kind is dead any more. People are told of it once, however many die.</summary>
[NotAudited("gathers deaths of jobs; what people decide about each of them is audited")]
internal sealed class JobIncident
{
    public const string Kind = "job_incident";

    public required long Id { get; init; }
    public required string JobKind { get; init; }
    public required DateTime BeganAt { get; init; }
    public DateTime? OverAt { get; set; }

    public RecordRef Ref => new(Kind, Id);
}

internal sealed class JobIncidentMap : IEntityTypeConfiguration<JobIncident>
{
    public void Configure(EntityTypeBuilder<JobIncident> builder)
    {
        builder.ToTable("job_incident");
        builder.Ignore(i => i.Ref);
        builder.HasIndex(i => i.JobKind, "ux_job_incident_open").IsUnique().HasFilter("over_at is null");
    }
}

/// <summary>When incidents begin and end. Joins the caller's transaction, which saves.</summary>
internal sealed class JobIncidents(AppDb db, GetDeadJob dead, DeadJobsLeft left)
{
    /// <summary>The incident that a death belongs to; null when somebody was quicker than the news of it.</summary>
    public async Task<JobIncident?> Of(JobDied fact, CancellationToken ct)
    {
        // Whoever ends incidents waits from here on: none is over while a death is being told.
        await db.HoldName(JobIncident.Kind, 0, ct);
        if (await dead.Handle(new(fact.JobId), ct) is not { Ok: true } job || job.Value.DeathId != fact.DeathId)
            return null;
        if (await Open(fact.Kind, ct) is { } known)
            return known;
        var incident = new JobIncident { Id = db.NextId(), JobKind = fact.Kind, BeganAt = db.Now };
        db.Add(incident);
        return incident;
    }

    /// <summary>The incident of a kind, which is over by this; null while one of the kind is dead.</summary>
    public async Task<JobIncident?> End(string kind, CancellationToken ct)
    {
        await db.HoldName(JobIncident.Kind, 0, ct);
        if ((await left.Of([kind], ct)).Count > 0 || await Open(kind, ct) is not { } incident)
            return null;
        incident.OverAt = db.Now;
        return incident;
    }

    public Task<bool> Lasts(RecordRef incident, CancellationToken ct) =>
        db.Set<JobIncident>().AnyAsync(i => incident.Kind == JobIncident.Kind && i.Id == incident.Id && i.OverAt == null, ct);

    /// <summary>How many jobs are dead now, by incident.</summary>
    public async Task<IReadOnlyDictionary<long, int>> Dead(IReadOnlyCollection<long> incidents, CancellationToken ct)
    {
        if (incidents.Count == 0)
            return new Dictionary<long, int>();
        var kinds = await db.Set<JobIncident>().Where(i => incidents.Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => i.JobKind, ct);
        var jobs = await left.Of([.. kinds.Values.Distinct(StringComparer.Ordinal)], ct);
        return kinds.ToDictionary(k => k.Key, k => jobs.GetValueOrDefault(k.Value));
    }

    private Task<JobIncident?> Open(string kind, CancellationToken ct) => db.Set<JobIncident>().SingleOrDefaultAsync(i => i.JobKind == kind && i.OverAt == null, ct);
}

/// <summary>Leads to the dead jobs of the kind.</summary>
internal sealed class WhyJobIncident(AppDb db) : ITellsWhy
{
    public string Kind => JobIncident.Kind;

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<JobIncident>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, ct) is not { } incident ? null : new Told
        {
            Detail = incident.JobKind, Verb = "came", By = Actor.Process("jobs").Ref, At = incident.BeganAt, Href = $"/operations/dead-jobs?kind={Uri.EscapeDataString(incident.JobKind)}",
            Remarks = incident.OverAt is { } at ? [new Remark("None of them is dead any more", at)] : [],
        };
}
