using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Audit;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;

namespace Tieline.Platform.Rules;

/// <summary>A rule of administrators at a <see cref="IRulePoint"/>. What it says is kept by version, so that what it once did can be explained for ever.</summary>
internal sealed class Rule(long id, string point, string code) : IAudited
{
    public long Id { get; private init; } = id;
    public string Point { get; private init; } = point;
    public string Code { get; private init; } = code;
    public required string Name { get; set; }
    /// <summary>The smallest speaks first; a later one overrules it.</summary>
    public required int Position { get; set; }
    public required bool Active { get; set; }
    public DateOnly? FromOn { get; set; }
    public DateOnly? ToOn { get; set; }
    /// <summary>Number of the version that holds.</summary>
    public int Says { get; private set; } = 1;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("rule", Id);

    public bool IsInForce(DateOnly on) => Active && (FromOn is null || FromOn <= on) && (ToOn is null || ToOn >= on);

    public void Change(string name, int position, bool active, DateOnly? fromOn, DateOnly? toOn, int says)
    {
        (Name, Position, Active, FromOn, ToOn, Says) = (name, position, active, fromOn, toOn, says);
        Version++;
    }
}

/// <summary>What a rule said from a moment on; never changed.</summary>
[NotAudited("append-only, with author and time of its own")]
internal sealed class RuleVersion
{
    public required long Id { get; init; }
    public required long RuleId { get; init; }
    /// <summary>From 1.</summary>
    public required int Number { get; init; }
    /// <summary>A <see cref="RuleText"/> as JSON.</summary>
    public required string Text { get; init; }
    public required ActorRef CreatedBy { get; init; }
    public required DateTime CreatedAt { get; init; }

    public RuleText Read() => JsonSerializer.Deserialize<RuleText>(Text, JobRegistration.Json)!;

    public static string Write(RuleText text) => JsonSerializer.Serialize(text, JobRegistration.Json);
}

internal sealed class RuleMap : IEntityTypeConfiguration<Rule>, IEntityTypeConfiguration<RuleVersion>
{
    public void Configure(EntityTypeBuilder<Rule> builder)
    {
        builder.ToTable("rule");
        builder.HasIndex(r => new { r.Point, r.Code }, "ux_rule_code").IsUnique();
    }

    public void Configure(EntityTypeBuilder<RuleVersion> builder)
    {
        builder.ToTable("rule_version");
        builder.HasOne<Rule>().WithMany().HasForeignKey(v => v.RuleId);
        builder.HasIndex(v => new { v.RuleId, v.Number }, "ux_rule_version_number").IsUnique();
    }
}
