using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Bulk;

internal enum BulkAction { Forward, Complete, Start }

/// <summary>The same step with many To Dos, asked for by one person: each is done as if they had done it by hand, or says why not.</summary>
internal sealed class ToDoBulk : IAudited
{
    public required long Id { get; init; }
    public required BulkAction Action { get; init; }
    public long? EmployeeId { get; init; }
    public long? RoleId { get; init; }
    /// <summary>Name of that person or role.</summary>
    public string? GoesTo { get; init; }
    /// <summary>Comment, or how they ended.</summary>
    public string? Words { get; init; }
    public bool WithoutSkill { get; init; }
    public required int Total { get; init; }
    public int Done { get; private set; }
    public int Refused { get; private set; }
    public required ActorRef AskedBy { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? FinishedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("to_do_bulk", Id);

    public void Finish(int done, int refused, DateTime at)
    {
        (Done, Refused, FinishedAt) = (done, refused, at);
        Version++;
    }
}

[NotAudited("part of a step with many, whose effect on each To Do is audited there")]
internal sealed class ToDoBulkItem
{
    public required long BulkId { get; init; }
    public required long ToDoId { get; init; }
    /// <summary>Null while it waits; false when it was refused.</summary>
    public bool? Done { get; set; }
    public string? Problem { get; set; }
}

internal sealed class ToDoBulkMap : IEntityTypeConfiguration<ToDoBulk>, IEntityTypeConfiguration<ToDoBulkItem>
{
    public void Configure(EntityTypeBuilder<ToDoBulk> builder)
    {
        builder.ToTable("to_do_bulk");
        builder.HasIndex(b => new { b.CreatedAt, b.Id }, "ix_to_do_bulk_created");
    }

    public void Configure(EntityTypeBuilder<ToDoBulkItem> builder)
    {
        builder.ToTable("to_do_bulk_item");
        builder.HasKey(i => new { i.BulkId, i.ToDoId });
        builder.HasOne<ToDoBulk>().WithMany().HasForeignKey(i => i.BulkId);
        builder.HasOne<ToDo>().WithMany().HasForeignKey(i => i.ToDoId);
        builder.HasIndex(i => i.ToDoId, "ix_to_do_bulk_item_to_do");
    }
}
