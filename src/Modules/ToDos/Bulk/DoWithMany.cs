using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Bulk;

/// <summary>Takes the same step with many To Dos: those that are named, or all that a list shows. A job does it, one after the other, with the rights of whoever asks.</summary>
internal sealed class DoWithMany(AppDb db, CurrentActor actor, ToDoDesk desk, ListToDos list, Fitness fitness, IJobs jobs) : IUse<DoWithMany.Input, Added>
{
    public const int Most = 5_000;

    /// <param name="Ids">These; or all of the list <paramref name="All"/>, at most 5,000.</param>
    /// <param name="EmployeeId">Forwarded to this person, or to <paramref name="RoleId"/>.</param>
    /// <param name="Words">Comment when they are forwarded, how they ended when they are completed.</param>
    /// <param name="WithoutSkill">The person lacks a skill that some of them need, and is given them all the same.</param>
    public sealed record Input(
        BulkAction? Action, IReadOnlyList<long>? Ids = null, ListToDos.Input? All = null, long? EmployeeId = null, long? RoleId = null, string? Words = null, bool WithoutSkill = false);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        var problems = new Problems();
        var action = input.Action ?? BulkAction.Forward;
        if (input.Action is not { } named || !Enum.IsDefined(named))
            problems.List.Add(Problem.Required(nameof(Input.Action), "What is to be done"));
        var words = problems.Lines(nameof(Input.Words), action == BulkAction.Forward ? "Comment" : "How they ended", input.Words, 2_000, required: action == BulkAction.Forward);
        (long? EmployeeId, long? RoleId, string Name)? address = null;
        if (action == BulkAction.Forward)
        {
            if (input.EmployeeId is null && input.RoleId is null)
                problems.Add(nameof(Input.EmployeeId), "To whom? Name a person or a role.", "todo.address.missing");
            address = await desk.Address(input.EmployeeId, input.RoleId, problems, ct);
        }
        else if (action == BulkAction.Start && desk.Me is null)
        {
            problems.Add(null, "Only an employee can work on a To Do.", "todo.start.not_employee");
        }
        var ids = input.All is null ? (input.Ids ?? []).Distinct().ToList() : await Listed(input.All, ct);
        if (ids.Count == 0)
            problems.Add(null, "Choose at least one To Do.", "todo.bulk.none");
        else if (ids.Count > Most)
            problems.Add(null, $"At most {Most:N0} at a time: narrow the list first.", "todo.bulk.too_many");
        if (problems.Any)
            return problems;
        // What is not there, or not theirs to see, is left out without a word: it says nothing about what there is.
        var there = await (await desk.InSight(db.Set<ToDo>().AsNoTracking().Where(t => ids.Contains(t.Id)), ct)).Select(t => new { t.Id, t.TypeCode }).ToListAsync(ct);
        foreach (var type in there.Select(t => t.TypeCode).Distinct(StringComparer.Ordinal))
        {
            if (!problems.Any)
                await fitness.Check(type, address, input.WithoutSkill, problems, ct);
        }
        if (there.Count == 0)
            problems.Add(null, "Choose at least one To Do.", "todo.bulk.none");
        if (problems.Any)
            return problems;

        var bulk = new ToDoBulk
        {
            Id = db.NextId(), Action = action, EmployeeId = address?.EmployeeId, RoleId = address?.RoleId, GoesTo = address?.Name, Words = words.Length == 0 ? null : words,
            WithoutSkill = input.WithoutSkill, Total = there.Count, AskedBy = db.Actor.Ref, CreatedAt = db.Now,
        };
        return await db.InTransaction(
            async () =>
            {
                db.Add(bulk);
                await db.SaveChangesAsync(ct);
                await db.BulkInsert(there.Select(t => new ToDoBulkItem { BulkId = bulk.Id, ToDoId = t.Id }), ct);
                await jobs.Enqueue(RunBulk.Kind, new RunBulk.Payload(bulk.Id), ct);
                await db.SaveChangesAsync(ct);
                return new Added(bulk.Id);
            }, ct);
    }

    /// <summary>All that the list shows, page by page, until there are too many.</summary>
    private async Task<List<long>> Listed(ListToDos.Input what, CancellationToken ct)
    {
        var (ids, after) = (new List<long>(), (string?)null);
        do
        {
            var page = await list.Read(what with { After = after, Size = Paging.MaxSize }, ct);
            ids.AddRange(page.Items.Select(t => t.Id));
            after = page.Next;
        }
        while (after is not null && ids.Count <= Most);
        return ids;
    }
}

/// <summary>Does one after the other. What a To Do becomes and that it was done is one transaction, so that a job that is killed goes on where it stood.</summary>
internal sealed partial class RunBulk(AppDb db, IServiceScopeFactory scopes, ILogger<RunBulk> log) : IJobHandler<RunBulk.Payload>
{
    public const string Kind = "todo.bulk";
    private const int ChunkSize = 100;

    public sealed record Payload(long BulkId);

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        var bulk = await db.Set<ToDoBulk>().SingleAsync(b => b.Id == payload.BulkId, ct);
        while (await db.Set<ToDoBulkItem>().Where(i => i.BulkId == bulk.Id && i.Done == null).OrderBy(i => i.ToDoId).Take(ChunkSize).Select(i => i.ToDoId).ToListAsync(ct) is { Count: > 0 } waiting)
        {
            foreach (var id in waiting)
                await Do(bulk, id, ct);
        }
        if (bulk.FinishedAt is not null)
            return;
        var ended = await db.Set<ToDoBulkItem>().Where(i => i.BulkId == bulk.Id).GroupBy(i => i.Done == true).ToDictionaryAsync(g => g.Key, g => g.Count(), ct);
        bulk.Finish(ended.GetValueOrDefault(true), ended.GetValueOrDefault(false), db.Now);
        await db.SaveChangesAsync(ct);
    }

    private async Task Do(ToDoBulk bulk, long id, CancellationToken ct)
    {
        var problem = await Try(bulk, id, ct);
        // Somebody was quicker: once more, with what stands there now.
        if (problem?.Rule == Problem.ConflictRule)
            problem = await Try(bulk, id, ct);
        if (problem is not null)
            await db.Set<ToDoBulkItem>().Where(i => i.BulkId == bulk.Id && i.ToDoId == id)
                .ExecuteUpdateAsync(u => u.SetProperty(i => i.Done, false).SetProperty(i => i.Problem, problem.Message), ct);
    }

    /// <summary>In a scope of its own, with the rights that whoever asked holds now.</summary>
    private async Task<Problem?> Try(ToDoBulk bulk, long id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (services, own) = (scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<AppDb>());
        if (await services.GetRequiredService<IActorsLater>().Of(bulk.AskedBy, ct) is not { } asker)
            return new Problem(null, $"{bulk.AskedBy.Name} may not do this any more.", "todo.bulk.asker");
        var current = services.GetRequiredService<CurrentActor>();
        (current.Actor, current.Source, current.Because) = (asker, "job", bulk.AuditSubject);
        try
        {
            var outcome = await own.InTransaction(
                async () =>
                {
                    if (await own.Set<ToDo>().Where(t => t.Id == id).Select(t => (int?)t.Version).SingleOrDefaultAsync(ct) is not { } version)
                        return Problem.NotFound("The To Do");
                    var done = bulk.Action switch
                    {
                        BulkAction.Forward => await services.GetRequiredService<ForwardToDo>().Handle(new(id, version, bulk.EmployeeId, bulk.RoleId, bulk.Words, bulk.WithoutSkill), ct),
                        BulkAction.Complete => await services.GetRequiredService<CompleteToDo>().Handle(new(id, version, bulk.Words), ct),
                        _ => await services.GetRequiredService<StartToDo>().Handle(new(id), ct),
                    };
                    if (done.Ok)
                        await own.Set<ToDoBulkItem>().Where(i => i.BulkId == bulk.Id && i.ToDoId == id).ExecuteUpdateAsync(u => u.SetProperty(i => i.Done, true), ct);
                    return done;
                }, ct, o => o.Ok);
            return outcome.Ok ? null : outcome.Problems[0];
        }
        catch (ForbiddenException)
        {
            return new Problem(null, "It is not yours to change.", "forbidden");
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Conflict("Somebody else has changed this at this moment.");
        }
        // One that cannot be done does not stop the others. Where the database is in trouble all of them wait.
        catch (Exception exception) when (exception is not OperationCanceledException && own.Dialect.Fault(exception) is null)
        {
            LogRefused(exception, bulk.Id, id);
            return new Problem(null, "Something went wrong with this one. Those who operate Tieline find it in the log.", "todo.bulk.failed");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Step {BulkId} with many: To Do {ToDoId} could not be done")]
    private partial void LogRefused(Exception exception, long bulkId, long toDoId);
}

/// <summary>How far a step with many has come, and what was refused.</summary>
internal sealed class GetBulk(AppDb db, CurrentActor actor, ToDosInSight sight) : IUse<GetBulk.Input, GetBulk.File>
{
    private const int Shown = 200;

    public sealed record Input(long Id);

    public sealed record Refusal(long ToDoId, string Subject, string Problem);

    /// <param name="Refusals">At most 200 of them.</param>
    public sealed record File(
        long Id, BulkAction Action, string? GoesTo, string? Words, int Total, int Done, int Refused, ActorRef AskedBy, DateTime CreatedAt, DateTime? FinishedAt, IReadOnlyList<Refusal> Refusals);

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        if (await db.Set<ToDoBulk>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == input.Id, ct) is not { } bulk)
            return Problem.NotFound("This step");
        if (!bulk.AskedBy.Is(actor.Actor))
            actor.Require(ToDosPermissions.ReadAll);
        var items = db.Set<ToDoBulkItem>().AsNoTracking().Where(i => i.BulkId == bulk.Id);
        var ended = bulk.FinishedAt is not null ? (bulk.Done, bulk.Refused) : (await items.CountAsync(i => i.Done == true, ct), await items.CountAsync(i => i.Done == false, ct));
        var refused = await items.Where(i => i.Done == false).OrderBy(i => i.ToDoId).Take(Shown).ToDictionaryAsync(i => i.ToDoId, i => i.Problem ?? "", ct);
        var lines = refused.Count == 0 ? [] : await sight.Shown(await ToDoLists.Lines(db.Set<ToDo>().Where(t => refused.Keys.Contains(t.Id)).OrderBy(t => t.Id)).ToListAsync(ct), ct);
        return new File(bulk.Id, bulk.Action, bulk.GoesTo, bulk.Words, bulk.Total, ended.Item1, ended.Item2, bulk.AskedBy, bulk.CreatedAt, bulk.FinishedAt, [.. lines.Select(l => new Refusal(l.Id, l.Subject, refused[l.Id]))]);
    }
}
