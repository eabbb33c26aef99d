using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Platform.Demo.Night;

/// <summary>A night by which the demonstration was moved on, and the batch runs of it.</summary>
internal sealed class DemoNight : IAudited
{
    public required long Id { get; init; }
    /// <summary>From 1; each is there once, whoever asked for it at the same moment.</summary>
    public required int Number { get; init; }
    /// <summary>The day that came after it: the business date of its runs.</summary>
    public required DateOnly MorningOn { get; init; }
    public required DateTime At { get; init; }
    public required ActorRef StartedBy { get; init; }
    /// <summary>Ids of its batch runs, in their order, separated by spaces.</summary>
    public string Runs { get; private set; } = "";
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("demo_night", Id);

    public IReadOnlyList<long> RunIds => [.. Runs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture))];

    public void Run(IEnumerable<long> runs) => (Runs, Version) = (string.Join(' ', runs), Version + 1);
}

internal sealed class DemoNightMap : IEntityTypeConfiguration<DemoNight>
{
    public void Configure(EntityTypeBuilder<DemoNight> builder)
    {
        builder.ToTable("demo_night");
        builder.Ignore(n => n.RunIds);
        builder.HasIndex(n => n.Number, "ux_demo_night_number").IsUnique();
    }
}
