using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Jobs;

/// <summary>A process that runs jobs, as long as it says so; times are the database's.</summary>
[NotAudited("a sign of life, not a record")]
internal sealed class JobNode
{
    public required string Name { get; init; }
    public required DateTime StartedAt { get; init; }
    public required DateTime SeenAt { get; init; }
    public required int Slots { get; init; }
}

internal sealed class JobNodeMap : IEntityTypeConfiguration<JobNode>
{
    public void Configure(EntityTypeBuilder<JobNode> builder)
    {
        builder.ToTable("job_node");
        builder.HasKey(n => n.Name);
        builder.HasIndex(n => n.SeenAt, "ix_job_node_seen");
    }
}

/// <param name="Running">Jobs in its slots; what waits for somebody outside runs beside them, and is not counted.</param>
/// <param name="Silent">It has not been heard of for half a minute: it was stopped, or is gone. What it had in hand is taken over when its leases end.</param>
public sealed record JobNodeLine(string Name, DateTime StartedAt, DateTime SeenAt, int Slots, int Running, bool Silent);

/// <summary>The processes that run jobs, and those that did so within the last hour.</summary>
public sealed class ListNodes(AppDb db, CurrentActor actor, JobKinds kinds) : IUse<ListNodes.Input, IReadOnlyList<JobNodeLine>>
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public sealed record Input;

    public async Task<Outcome<IReadOnlyList<JobNodeLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(BatchPermissions.Read);
        var nodes = await db.Set<JobNode>().AsNoTracking().OrderByDescending(n => n.SeenAt).Take(50).ToListAsync(ct);
        if (nodes.Count == 0)
            return Outcome<IReadOnlyList<JobNodeLine>>.Of([]);
        var outside = kinds.Outside;
        var running = await db.Set<Job>().Where(j => j.State == JobState.Running && j.Node != null && !outside.Contains(j.Kind)).GroupBy(j => j.Node!).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var now = db.Now;
        return Outcome<IReadOnlyList<JobNodeLine>>.Of(
            [.. nodes.Where(n => now - n.SeenAt < TimeSpan.FromHours(1)).Select(n => new JobNodeLine(n.Name, n.StartedAt, n.SeenAt, n.Slots, running.GetValueOrDefault(n.Name), now - n.SeenAt > Silence))]);
    }
}
