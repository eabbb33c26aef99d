using Tieline.Platform;
using Tieline.Platform.Uses;

namespace Tieline.ToDos;

/// <summary>Work to be created.</summary>
/// <param name="EmployeeId">Addressed to this person; else to <paramref name="RoleId"/>; else to the type's default role.</param>
/// <param name="Subject">What is to be done; may be left to the type's message, of which it is the parameter <c>what</c>.</param>
/// <param name="AddressedTo">Name of that person or role; looked up when null.</param>
/// <param name="Cause">At most one To Do ever exists for a cause.</param>
/// <param name="Priority">1 to 9; null for the type's default.</param>
public sealed record NewToDo(
    string TypeCode, string? Subject, DateOnly DueOn, RecordRef? Cause = null, DateTime? DueAt = null, DateTime? UntilAt = null,
    long? EmployeeId = null, long? RoleId = null, long? PersonId = null, long? AccountId = null, long? PremiseId = null, long? ContactId = null, int? Priority = null, string? AddressedTo = null)
{
    /// <summary>Values for the message of the type, by their names.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}

/// <summary>Work of the past or in hand, as a loader brings it: no events, nobody is told.</summary>
/// <param name="Work">With priority and address.</param>
/// <param name="WorkedBy">Who has it in hand or had it, since <paramref name="StartedAt"/>.</param>
/// <param name="CompletedAt">Null while it is not complete.</param>
public sealed record PastToDo(
    NewToDo Work, Platform.Security.ActorRef CreatedBy, DateTime CreatedAt, Platform.Security.ActorRef? WorkedBy = null, DateTime? StartedAt = null,
    DateTime? CompletedAt = null, string? Resolution = null);

public sealed record ToDoLine(
    long Id, string TypeCode, string State, int Priority, string Subject, DateOnly DueOn, DateTime? DueAt, DateTime? UntilAt,
    long? EmployeeId, long? RoleId, string AddressedTo, long? WorkedById, string? WorkedBy,
    long? PersonId, long? AccountId, long? PremiseId, long? ContactId, RecordRef? Cause, int Version, DateOnly? HoldUntil = null);

/// <summary>What other rooms may ask and tell about work. Everything joins the caller's transaction.</summary>
public interface IToDos
{
    /// <summary>Adds a To Do, unless its cause has one already.</summary>
    Task<Outcome<long?>> Create(NewToDo work, CancellationToken ct);

    /// <summary>Adds many at the speed of the database, log and audit included; those whose cause has one already are left out.</summary>
    /// <returns>How many were added.</returns>
    Task<int> CreateMany(IReadOnlyList<NewToDo> work, CancellationToken ct);

    /// <summary>Brings work with its history, at the speed of the database.</summary>
    Task Load(IEnumerable<PastToDo> work, CancellationToken ct);

    /// <summary>The cause's promise has moved to another day: an open To Do moves with it.</summary>
    Task Reschedule(RecordRef cause, DateOnly dueOn, DateTime? dueAt, DateTime? untilAt, CancellationToken ct);

    /// <summary>What the cause says was corrected: an open To Do says so too.</summary>
    /// <returns>False when no open To Do is there.</returns>
    Task<bool> Reword(RecordRef cause, string subject, CancellationToken ct);

    /// <summary>The cause has gone away or was done elsewhere: its To Do, if there is an open one, is complete.</summary>
    Task CompleteFor(RecordRef cause, string? resolution, CancellationToken ct);

    /// <summary><see cref="CompleteFor"/> for many causes, with a SELECT for each thousand of them.</summary>
    Task CompleteForAll(IReadOnlyCollection<RecordRef> causes, string? resolution, CancellationToken ct);

    /// <summary>Whether work of one of these causes is not complete yet.</summary>
    Task<bool> AnyOpenFor(IReadOnlyCollection<RecordRef> causes, CancellationToken ct);

    /// <summary>The contact now belongs to someone else; so does the work about it.</summary>
    Task ContactMoved(long contactId, long? personId, long? accountId, long? premiseId, CancellationToken ct);

    /// <summary>How many To Dos each employee is working on now; those with none are left out.</summary>
    Task<IReadOnlyDictionary<long, int>> InHand(CancellationToken ct);

    /// <summary>Whether there is or was work about a contact.</summary>
    Task<bool> AnyAbout(long contactId, CancellationToken ct);

    /// <summary>Open work about a person, most urgent first; one SELECT.</summary>
    Task<IReadOnlyList<ToDoLine>> OpenOf(long personId, int limit, CancellationToken ct);

    /// <summary>Makes sure that a type exists, for rooms that bring their own.</summary>
    Task EnsureType(string code, string name, int defaultPriority, string? defaultRoleCode, CancellationToken ct);

    /// <summary>To Dos of this type lead to what caused them, as long as nobody has changed the type.</summary>
    Task LeadToCause(string code, CancellationToken ct);
}

/// <summary>A room whose work ends with more than a tick: called in the transaction in which a To Do of its type is completed.</summary>
public interface IToDoKind
{
    string TypeCode { get; }

    /// <returns>A broken rule stops the completion.</returns>
    Task<Problem?> Completing(RecordRef cause, string? resolution, CancellationToken ct);

    /// <summary>It was completed by mistake: takes back what the completion did.</summary>
    /// <returns>A broken rule leaves it complete.</returns>
    Task<Problem?> Reopening(RecordRef cause, string reason, CancellationToken ct) => Task.FromResult<Problem?>(null);
}

/// <param name="Text">With places for the parameters that the room gives: <c>Job {kind} failed {attempts} times: {error}</c>.</param>
public sealed record ToDoMessage(string TypeCode, string Text);

/// <summary>A room whose To Dos are worded by parameters: what they say until an administrator finds better words.</summary>
public interface IToDoMessages
{
    IReadOnlyList<ToDoMessage> Messages { get; }

    /// <summary>Codes of types that no rule suppresses: somebody's safety, or the trust in the house, hangs on them.</summary>
    IReadOnlyList<string> Needed => [];
}

/// <summary>A contact that a To Do is about, and to whom it belongs.</summary>
public sealed record ToDoContact(long Id, string Reference, string About, long? PersonId, long? AccountId, long? PremiseId);

/// <summary>The room of the contacts says what a contact is that a To Do is to be linked with.</summary>
public interface IToDoContacts
{
    /// <returns>Null when there is none, or the actor may not see it.</returns>
    Task<ToDoContact?> Find(long contactId, CancellationToken ct);
}
