using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Customers.Files;

internal enum CustomerFileState { Brought, Running, Done, Failed, Removing, Removed }

/// <summary>A file of customers that somebody dropped into the browser: looked at, brought in by a job, and taken out again if it was only a try.</summary>
internal sealed class CustomerFile : IAudited
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required ActorRef BroughtBy { get; init; }
    public required DateTime BroughtAt { get; init; }
    public CustomerFileState State { get; private set; } = CustomerFileState.Brought;
    /// <summary>JSON of <see cref="ColumnMap"/>, as it was said when the file was brought in; null until then.</summary>
    public string? Columns { get; private set; }
    /// <summary>Rows that are accounted for.</summary>
    public long Rows { get; private set; }
    public long Imported { get; private set; }
    public long AlreadyThere { get; private set; }
    public long Rejected { get; private set; }
    public DateTime? FinishedAt { get; private set; }
    /// <summary>Why it failed, or what could not be removed.</summary>
    public string? Message { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("customer_file", Id);

    /// <summary>Everything it brings is known by this source.</summary>
    public string Source => SourceOf(Id);

    public static string SourceOf(long id) => $"file {id}";

    /// <returns>Null for any other source.</returns>
    public static long? IdOf(string source) => source.StartsWith("file ", StringComparison.Ordinal) && long.TryParse(source.AsSpan(5), CultureInfo.InvariantCulture, out var id) ? id : null;

    public void Start(string columns) => (Columns, State, Message, Version) = (columns, CustomerFileState.Running, null, Version + 1);

    public void Advance(long rows, long imported, long alreadyThere, long rejected) =>
        (Rows, Imported, AlreadyThere, Rejected, Version) = (Rows + rows, Imported + imported, AlreadyThere + alreadyThere, Rejected + rejected, Version + 1);

    public void Finish(DateTime at) => (State, FinishedAt, Version) = (CustomerFileState.Done, at, Version + 1);

    public void Fail(string message, DateTime at) => (State, Message, FinishedAt, Version) = (CustomerFileState.Failed, message, at, Version + 1);

    public void Remove() => (State, Message, Version) = (CustomerFileState.Removing, null, Version + 1);

    public void Removed(string? kept, DateTime at) => (State, Message, FinishedAt, Version) = (CustomerFileState.Removed, kept, at, Version + 1);
}

/// <summary>A row that could not be brought in, as it was.</summary>
[NotAudited("an account of the file's rows, never changed")]
internal sealed class RejectedRow
{
    public required long FileId { get; init; }
    public required long Line { get; init; }
    public required string Reason { get; init; }
    /// <summary>JSON: column to value.</summary>
    public required string Fields { get; init; }
}

internal sealed class CustomerFileMap : IEntityTypeConfiguration<CustomerFile>, IEntityTypeConfiguration<RejectedRow>
{
    public void Configure(EntityTypeBuilder<CustomerFile> builder)
    {
        builder.ToTable("customer_file");
        builder.Ignore(f => f.Source);
    }

    public void Configure(EntityTypeBuilder<RejectedRow> builder)
    {
        builder.ToTable("customer_file_reject");
        builder.HasKey(r => new { r.FileId, r.Line });
        builder.HasOne<CustomerFile>().WithMany().HasForeignKey(r => r.FileId);
    }
}
