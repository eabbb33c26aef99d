using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Import;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Import;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Files;

/// <summary>Brings the customers of a file in: a job does it, row by row accounted for.</summary>
internal sealed class CarryCustomerFile(AppDb db, CurrentActor actor, FileReader reader, IJobs jobs) : IUse<CarryCustomerFile.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="Meanings">For each column of the file what it means; empty for one that is left out.</param>
    /// <param name="Service">What is supplied at the service addresses where the file does not say it.</param>
    public sealed record Input(long Id, int Version, IReadOnlyList<string>? Meanings, string? Service = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Import);
        if (await db.Set<CustomerFile>().SingleOrDefaultAsync(f => f.Id == input.Id, ct) is not { } file)
            return Problem.NotFound("The file");
        db.Expect(file, input.Version);
        if (file.State is not CustomerFileState.Brought)
            return Problem.Conflict("This file is being brought in, or was.");
        var problems = new Problems();
        using (var source = await reader.Open(file.Id, ct))
        {
            var map = MapOf(source.Columns, input.Meanings ?? [], string.IsNullOrWhiteSpace(input.Service) ? null : input.Service);
            ColumnMap.Check(map, source.Columns, nameof(Input.Meanings), problems);
            if (problems.Any)
                return problems;
            file.Start(map.Write());
        }
        await jobs.Enqueue(CarryRows.Kind, new CarryRows.Payload(file.Id), ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    public static ColumnMap MapOf(IReadOnlyList<string> columns, IReadOnlyList<string> meanings, string? service)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (column, meaning) in columns.Zip(meanings).Where(c => !string.IsNullOrEmpty(c.Second)))
            map[column] = meaning;
        return new ColumnMap(map, service);
    }
}

/// <summary>Carries the rows of a file, a chunk a transaction: killed, it goes on behind the last chunk that was committed.</summary>
internal sealed class CarryRows(AppDb db, CurrentActor actor, FileReader reader, ImportCustomerRows import) : IJobHandler<CarryRows.Payload>
{
    public const string Kind = "customers.file";

    public sealed record Payload(long FileId);

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        var file = await File(payload.FileId, ct);
        if (file.State is not CustomerFileState.Running)
            return;
        (actor.Actor, actor.Because) = (Actor.Process($"file {file.Name}"), new RecordRef("customer_file", file.Id));
        var map = ColumnMap.Read(file.Columns!);
        try
        {
            using var source = await reader.Open(file.Id, ct);
            foreach (var chunk in source.Rows().Skip((int)file.Rows).Chunk(ImportFile.ChunkSize))
                await db.InTransaction(() => Carry(payload.FileId, map, chunk, ct), ct);
            file = await File(payload.FileId, ct);
            file.Finish(db.Now);
        }
        catch (Exception exception) when (exception is InvalidDataException || job.GivesUp(exception, db))
        {
            db.Forget();
            file = await File(payload.FileId, ct);
            file.Fail($"{file.Rows:N0} rows are in; then: {exception.Message}", db.Now);
        }
        await db.SaveChangesAsync(ct);
    }

    private async Task<Done> Carry(long id, ColumnMap map, (ImportRow Row, string? Problem)[] chunk, CancellationToken ct)
    {
        var whole = chunk.Where(r => r.Problem is null).Select(r => map.Of(r.Row)).ToArray();
        var imported = whole.Length == 0 ? [] : (await import.Handle(new(CustomerFile.SourceOf(id), whole), ct)).Value.Results;
        RowResult[] results = [.. chunk.Where(r => r.Problem is not null).Select(r => new RowResult(r.Row.Line, RowOutcome.Rejected, r.Problem)), .. imported];
        var rows = chunk.ToDictionary(r => r.Row.Line, r => r.Row);
        var file = await File(id, ct);
        file.Advance(
            chunk.Length, results.Count(r => r.Outcome == RowOutcome.Imported), results.Count(r => r.Outcome == RowOutcome.AlreadyThere), results.Count(r => r.Outcome == RowOutcome.Rejected));
        db.AddRange(results.Where(r => r.Outcome == RowOutcome.Rejected).Select(r => new RejectedRow
        {
            FileId = id, Line = r.Line, Reason = r.Reason ?? "", Fields = JsonSerializer.Serialize(rows[r.Line].Values),
        }));
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
        return Done.It;
    }

    private Task<CustomerFile> File(long id, CancellationToken ct) => db.Set<CustomerFile>().SingleAsync(f => f.Id == id, ct);
}

internal static class FileJobs
{
    private const int Tries = 3;

    /// <summary>What went wrong is told on the file's page instead of being tried for hours: somebody waits for it there.</summary>
    public static bool GivesUp(this JobRun job, Exception exception, AppDb db) =>
        exception is not OperationCanceledException && job.Attempt >= Tries && !db.Dialect.IsTransient(exception);
}
