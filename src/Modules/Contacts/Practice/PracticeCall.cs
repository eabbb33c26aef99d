using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Contacts.Interactions;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Contacts.Practice;

/// <summary>A simulated caller: rings, is answered as a call like any other, and stays on screen until it is put away. One at a time for each employee.</summary>
[NotAudited("a rehearsal with an invented caller; the call itself is an interaction, and audited")]
internal sealed class PracticeCall
{
    public required long Id { get; init; }
    public required long EmployeeId { get; init; }
    /// <summary>Code of the <see cref="Practice.Story"/>.</summary>
    public required string Story { get; init; }
    /// <summary>In whose name the story is told; null where it needs nobody.</summary>
    public long? PersonId { get; init; }
    /// <summary>Shown while it rings; null for one that is withheld.</summary>
    public string? Number { get; init; }
    public required DateTime RangAt { get; init; }
    public DateTime? AnsweredAt { get; private set; }
    public long? InteractionId { get; private set; }
    /// <summary>What was asked, in its order, separated by spaces.</summary>
    public string Heard { get; private set; } = "";
    public DateTime? PutAwayAt { get; private set; }
    public int Version { get; private set; }

    public IReadOnlyList<string> Asked => Heard.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public void Answer(long interactionId, DateTime at) => (InteractionId, AnsweredAt, Version) = (interactionId, at, Version + 1);

    public void Hear(string code) => (Heard, Version) = ($"{Heard} {code}".Trim(), Version + 1);

    public void PutAway(DateTime at) => (PutAwayAt, Version) = (at, Version + 1);
}

internal sealed class PracticeCallMap : IEntityTypeConfiguration<PracticeCall>
{
    public void Configure(EntityTypeBuilder<PracticeCall> builder)
    {
        builder.ToTable("practice_call");
        builder.Ignore(c => c.Asked);
        builder.HasOne<Interaction>().WithMany().HasForeignKey(c => c.InteractionId);
        builder.HasIndex(c => c.EmployeeId, "ux_practice_call_at_hand").IsUnique().HasFilter("put_away_at is null");
        builder.HasIndex(c => new { c.EmployeeId, c.Id }, "ix_practice_call_employee");
    }
}
