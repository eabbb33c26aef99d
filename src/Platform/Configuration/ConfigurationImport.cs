using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Security;

namespace Tieline.Platform.Configuration;

/// <summary>A file that was brought here to be looked at, and what became of it.</summary>
[NotAudited("keeps who brought and who applied it; what it changes is audited where it changes")]
internal sealed class ConfigurationImport
{
    public required long Id { get; init; }
    public required string FileName { get; init; }
    public required string Content { get; init; }
    public required ActorRef BroughtBy { get; init; }
    public required DateTime BroughtAt { get; init; }
    public ActorRef? AppliedBy { get; private set; }
    public DateTime? AppliedAt { get; private set; }
    public int Version { get; private set; }

    public void Applied(ActorRef by, DateTime at) => (AppliedBy, AppliedAt, Version) = (by, at, Version + 1);
}

internal sealed class ConfigurationImportMap : IEntityTypeConfiguration<ConfigurationImport>
{
    public void Configure(EntityTypeBuilder<ConfigurationImport> builder) => builder.ToTable("configuration_import");
}
