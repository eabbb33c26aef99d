using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Ui;

namespace Tieline.Platform.Batch;

/// <summary>What a run works with.</summary>
public sealed record BatchInput(DateOnly BusinessOn, IReadOnlyDictionary<string, string> Parameters)
{
    public int Number(string name, int otherwise) =>
        Parameters.TryGetValue(name, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    public string? Text(string name) => Parameters.GetValueOrDefault(name);
}

public enum BatchParameterKind { Number, Text, Day, Choice }

/// <summary>A parameter of a process; what is typed for it is checked where it is typed.</summary>
/// <param name="Name">As the command line takes it: <c>lead-days</c>.</param>
/// <param name="Usual">In words, what holds when it is left out.</param>
public sealed record BatchParameter(string Name, string Label, BatchParameterKind Kind, string Usual, int Least = 0, int Most = int.MaxValue, IReadOnlyList<Option>? Options = null)
{
    /// <returns>Why it cannot be this; null when it can.</returns>
    public string? Refusal(string value) => Kind switch
    {
        BatchParameterKind.Number when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < Least || number > Most =>
            $"{Name} must be a number from {Least} to {Most}, not '{value}'.",
        BatchParameterKind.Day when !DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) =>
            $"{Name} must be a day such as 2026-03-10, not '{value}'.",
        BatchParameterKind.Choice when Options?.Any(o => o.Value == value) != true => $"{Name} must be one of {string.Join(", ", (Options ?? []).Select(o => o.Value))}, not '{value}'.",
        BatchParameterKind.Text when value.Length > 500 => $"{Name} has at most 500 characters.",
        _ => null,
    };
}

/// <summary>What the control of a process begins with; operators change it there.</summary>
/// <param name="Cron">When it runs by itself: a Quartz cron expression in the utility's time zone; null for on demand only.</param>
/// <param name="Records">Between commits.</param>
public sealed record BatchUsual(string? Cron = null, int Threads = 1, int Records = 1_000, int MaxErrors = 100);

/// <summary>A part of the keys that one thread works through.</summary>
/// <param name="After">Before its first key.</param>
/// <param name="UpTo">Its last key.</param>
/// <param name="Selected">Records in it; null when nobody has counted.</param>
public sealed record BatchPart(long After, long UpTo, long? Selected)
{
    public static readonly BatchPart Everything = new(0, long.MaxValue, null);
}

/// <summary>What is to be done before the next commit.</summary>
/// <param name="After">The last key that is done.</param>
/// <param name="UpTo">The last key of the part.</param>
/// <param name="Records">At most so many.</param>
public sealed record BatchSlice(long After, long UpTo = long.MaxValue, int Records = 1_000);

/// <summary>What was done before a commit.</summary>
/// <param name="Position">Key of the last record; the next slice begins behind it.</param>
/// <param name="Done">Records done.</param>
/// <param name="Skipped">Records that someone else had done already.</param>
/// <param name="Last">Nothing is left of the part behind <paramref name="Position"/>.</param>
public sealed record BatchStep(long Position, int Done, int Skipped, bool Last)
{
    /// <summary>So that a run in which everything is wrong ends soon above its maximum, and not with a To Do for each.</summary>
    public const int MostInError = 50;

    /// <summary>Records up to <see cref="Position"/> that people must see to, each key once; neither done nor skipped. At most <see cref="MostInError"/>: the next slice tells the rest.</summary>
    public IReadOnlyList<RecordInError> InError { get; init; } = [];
}

/// <summary>A record by which it is told what could not be done.</summary>
/// <param name="Key">By which the process walks.</param>
/// <param name="About">What a person opens.</param>
public sealed record BatchRecord(long Key, RecordRef About);

/// <summary>A record that is put aside, found without anything having failed.</summary>
/// <param name="Message">What is wrong with it, as an operator reads it.</param>
public sealed record RecordInError(BatchRecord Record, string Message);

/// <summary>
/// A batch process: works through records in the order of their keys, so many for each transaction. What it has done it does not
/// select again, or it does it again with the same result; so a run may be killed, cancelled and resumed anywhere.
/// </summary>
public interface IBatchProcess
{
    /// <summary>Code, e.g. <c>TD-CCCB</c>; also of the control that it begins with.</summary>
    string Code { get; }

    string Description { get; }

    BatchUsual Usual { get; }

    IReadOnlyList<BatchParameter> Parameters => [];

    /// <summary>Cuts what is due now into at most <paramref name="parts"/> parts, in the order of their keys; none when nothing is due.</summary>
    Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) => Task.FromResult<IReadOnlyList<BatchPart>>([BatchPart.Everything]);

    /// <summary>Does the next records of a part, in the transaction that also keeps how far the run got.</summary>
    Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct);

    /// <summary>
    /// The first record of <paramref name="slice"/>, as <see cref="Do"/> would take it: so that one that cannot be done is put aside and the others go on. Null when there
    /// is none, or when a failure is never that of one record.
    /// </summary>
    Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) => Task.FromResult<BatchRecord?>(null);

    /// <summary>Whether a completed run with this input came past a record that one with other parameters had put aside: it is resolved then. Of runs with the same parameters each does.</summary>
    bool ComesPast(BatchInput input, long key) => false;
}

public static class BatchRegistration
{
    public static IServiceCollection AddBatch<T>(this IServiceCollection services) where T : class, IBatchProcess =>
        services.AddScoped<IBatchProcess, T>();

    /// <summary>The first of the keys, which are those of records of a kind.</summary>
    public static async Task<BatchRecord?> FirstRecord(this IQueryable<long> keys, string kind, CancellationToken ct) =>
        await keys.OrderBy(id => id).Select(id => (long?)id).FirstOrDefaultAsync(ct) is { } id ? new BatchRecord(id, new RecordRef(kind, id)) : null;

    /// <summary>Cuts keys, each selected once, into parts of the same size.</summary>
    public static async Task<IReadOnlyList<BatchPart>> CutKeys(this AppDb db, IQueryable<long> keys, int parts, CancellationToken ct)
    {
        var (_, transaction) = await db.Sql(ct);
        await using var command = keys.CreateDbCommand();
        command.Transaction = transaction;
        command.CommandTimeout = 0;
        command.CommandText = $"""
            with keys(id) as (
            {command.CommandText})
            select max(id), count(*) from (select id, ntile({parts}) over (order by id) as part from keys) cut group by part order by part
            """;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (cut, after) = (new List<BatchPart>(), 0L);
        while (await reader.ReadAsync(ct))
        {
            cut.Add(new BatchPart(after, reader.GetInt64(0), reader.GetInt64(1)));
            after = cut[^1].UpTo;
        }
        return cut;
    }
}
