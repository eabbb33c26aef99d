using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>One To Do with its log, for those it concerns. A look at it is a look at the customer it is about.</summary>
internal sealed class GetToDo(AppDb db, CurrentActor actor, ToDoDesk desk, IAuditTrail audit, ToDosInSight sight, ICustomers customers) : IUse<GetToDo.Input, GetToDo.File>
{
    public sealed record Input(long Id);

    /// <param name="Action">A name of <see cref="ToDoSteps"/>.</param>
    public sealed record Entry(DateTime At, ActorRef Author, string Action, string? Body);

    /// <param name="MayAct">The actor may forward it, complete it and change its priority.</param>
    /// <param name="MayStart">The actor may take it.</param>
    /// <param name="MayPutBack">It is being worked on, by the actor or by someone they may overrule.</param>
    /// <param name="MayReopen">It was completed, and is the actor's to open again.</param>
    public sealed record File(
        ToDoLine ToDo, string Type, ActorRef CreatedBy, DateTime CreatedAt, ActorRef? CompletedBy, DateTime? CompletedAt, string? Resolution,
        bool MayAct, bool MayStart, bool MayPutBack, bool MayReopen, IReadOnlyList<Entry> Log)
    {
        /// <summary>Somebody set it; else it grows with the age of the work.</summary>
        public bool PriorityByHand { get; init; }
        public DateTime? EscalatedAt { get; init; }
        public string? Description { get; init; }
        public DrillTarget DrillTarget { get; init; }

        /// <summary>What whoever goes there must know.</summary>
        public IReadOnlyList<WarningOnTheWay> Warnings { get; init; } = [];
    }

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        if (await desk.Find(input.Id, ct) is not { } toDo)
            return Problem.NotFound("The To Do");
        var type = await db.Set<ToDoType>().Where(t => t.Code == toDo.TypeCode).Select(t => new { t.Name, t.Description, t.DrillTarget }).SingleOrDefaultAsync(ct);
        var log = await db.Set<ToDoLog>().Where(l => l.ToDoId == toDo.Id).OrderByDescending(l => l.Id)
            .Select(l => new Entry(l.At, l.Author, l.Action, l.Body)).ToListAsync(ct);
        if (About(toDo) is { } customer)
            await audit.Looked(customer, ct, query: toDo.AuditSubject.ToString());
        var concerns = await desk.Concerns(toDo, ct);
        var mayAct = toDo.State != ToDoState.Complete && await desk.TakenBySomeoneElse(toDo, ct) is null && (actor.May(ToDosPermissions.ForwardAll) || concerns);
        var masking = await sight.Of(toDo, ct);
        return new File(
            ToDosInSight.Shown(ToDoLists.Line(toDo), masking), type?.Name ?? toDo.TypeCode, toDo.CreatedBy, toDo.CreatedAt, toDo.CompletedBy, toDo.CompletedAt, masking.Text(toDo.Resolution),
            mayAct, mayAct && toDo.State != ToDoState.BeingWorkedOn && desk.Me is { } me && (toDo.WorkedById ?? me) == me, mayAct && toDo.State == ToDoState.BeingWorkedOn,
            toDo.State == ToDoState.Complete && (concerns || actor.May(ToDosPermissions.ForwardAll)), log.ConvertAll(l => l with { Body = masking.Text(l.Body) }))
        {
            PriorityByHand = toDo.PriorityByHand, EscalatedAt = toDo.EscalatedAt, Description = type?.Description, DrillTarget = type?.DrillTarget ?? DrillTarget.ToDo,
            Warnings = toDo.State == ToDoState.Complete ? [] : (await customers.WarningsFor([new Belonging(toDo.PersonId, toDo.AccountId, toDo.PremiseId)], concerns, ct))[0],
        };
    }

    private static RecordRef? About(ToDo toDo) =>
        toDo.PersonId is { } person ? new RecordRef("person", person)
        : toDo.AccountId is { } account ? new RecordRef("account", account)
        : toDo.PremiseId is { } premise ? new RecordRef("premise", premise) : null;
}
