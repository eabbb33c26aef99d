using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;

namespace Tieline.Platform.Batch;

/// <summary>How a batch process runs here. Each process begins with one control of its code; others may be added.</summary>
internal sealed class BatchControl : IAudited
{
    public required long Id { get; init; }
    public required string Code { get; init; }
    /// <summary>Code of the registered process; for good.</summary>
    public required string Process { get; init; }
    public required string Description { get; set; }
    /// <summary>JSON object of text values: what differs from the usual.</summary>
    public string Parameters { get; set; } = "{}";
    public required int Threads { get; set; }
    /// <summary>Records between commits.</summary>
    public required int Records { get; set; }
    /// <summary>A run with more than these has failed.</summary>
    public required int MaxErrors { get; set; }
    /// <summary>Runs of it may go on beside each other.</summary>
    public bool MayOverlap { get; set; }
    /// <summary>Codes, separated by spaces, of the controls that must have completed for the same business date.</summary>
    public string After { get; set; } = "";
    /// <summary>To Do role of those who are told what went wrong; the operators when null.</summary>
    public string? NotifyRole { get; set; }
    /// <summary>Level of service: by when, in the utility's time, the run of the day is to be over; null for at any time.</summary>
    public TimeOnly? OverBy { get; set; }
    /// <summary>Level of service: a run that takes longer is late; null for any length.</summary>
    public int? LongestMinutes { get; set; }
    public bool Active { get; set; } = true;
    public int NextRun { get; set; } = 1;
    public int Version { get; set; }

    public RecordRef AuditSubject => new("batch_control", Id);

    public IReadOnlyList<string> Needs => After.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyDictionary<string, string> Values => BatchValues.Read(Parameters);
}

/// <summary>Parameters as they are kept.</summary>
internal static class BatchValues
{
    public static IReadOnlyDictionary<string, string> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json, JobRegistration.Json)!;

    /// <summary>What was typed, without what was left empty.</summary>
    public static Dictionary<string, string> Typed(IReadOnlyDictionary<string, string>? typed) =>
        (typed ?? new Dictionary<string, string>()).Where(p => !string.IsNullOrWhiteSpace(p.Value)).ToDictionary(p => p.Key, p => p.Value.Trim(), StringComparer.Ordinal);

    /// <summary>What the control has, and what is otherwise this time.</summary>
    public static Dictionary<string, string> Over(IReadOnlyDictionary<string, string> usual, IReadOnlyDictionary<string, string> otherwise)
    {
        var values = new Dictionary<string, string>(usual, StringComparer.Ordinal);
        foreach (var (name, value) in otherwise)
            values[name] = value;
        return values;
    }

    /// <summary>By name: what says the same is the same text.</summary>
    public static string Write(IEnumerable<KeyValuePair<string, string>> values) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(values.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal), JobRegistration.Json);
}

internal sealed class BatchControlMap : IEntityTypeConfiguration<BatchControl>
{
    public void Configure(EntityTypeBuilder<BatchControl> builder)
    {
        builder.ToTable("batch_control");
        builder.Ignore(c => c.Needs);
        builder.Ignore(c => c.Values);
        builder.HasIndex(c => c.Code, "ux_batch_control_code").IsUnique();
    }
}

/// <summary>At every start: a control for each process that has none.</summary>
internal sealed class SetControls(AppDb db, IEnumerable<IBatchProcess> processes) : IStartStep
{
    public int Order => 890;

    public async Task Run(CancellationToken ct)
    {
        var known = await db.Set<BatchControl>().Select(c => c.Code).ToListAsync(ct);
        foreach (var process in processes.Where(p => !known.Contains(p.Code, StringComparer.Ordinal)))
        {
            var runs = await db.Set<BatchRun>().Where(r => r.Code == process.Code).MaxAsync(r => (int?)r.Number, ct) ?? 0;
            db.Add(new BatchControl
            {
                Id = db.NextId(), Code = process.Code, Process = process.Code, Description = process.Description, Threads = process.Usual.Threads, Records = process.Usual.Records,
                MaxErrors = process.Usual.MaxErrors, NextRun = runs + 1,
            });
        }
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first.
            db.Forget();
        }
    }
}
