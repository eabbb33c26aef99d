using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.Authorisations;
using Tieline.Customers.People;
using Tieline.Platform;

namespace Tieline.Customers.Callers;

/// <summary>As whom somebody calls about a customer.</summary>
internal enum CallerCapacity { Customer, PersonOnAccount, AuthorisedThirdParty, Landlord, Unverified }

/// <summary>How it was made sure who is calling.</summary>
internal enum CallerWay { None, Questions, Passphrase, CallBack }

/// <summary>
/// Somebody calls about a customer, and an employee has made sure who it is (or could not). As long as it lasts, and their call is the
/// one in hand, the customer's record is open to that employee.
/// </summary>
/// <param name="interaction">The call, visit or chat with which it ends; null: it ends after a while, or when the customer is put down.</param>
/// <param name="speakerId">Who speaks, when that is not the customer: the co-holder, landlord or authorised person on record. Null of an outsider, too.</param>
/// <param name="authorisationId">By which authorisation they speak, outsiders included: what it covers and until when is read there.</param>
/// <param name="shown">What convinced, in words: "2 questions: date of birth, ZIP code".</param>
internal sealed class Caller(
    long id, long employeeId, RecordRef? interaction, long personId, long? accountId, long? speakerId, long? authorisationId, CallerCapacity capacity, bool relay, bool interpreter,
    CallerWay way, string shown, DateTime at, DateTime untilAt) : IAudited
{
    public long Id { get; private init; } = id;
    public long EmployeeId { get; private init; } = employeeId;
    public RecordRef? Interaction { get; private init; } = interaction;
    public long PersonId { get; private init; } = personId;
    public long? AccountId { get; private init; } = accountId;
    public long? SpeakerId { get; private init; } = speakerId;
    public long? AuthorisationId { get; private init; } = authorisationId;
    public CallerCapacity Capacity { get; private init; } = capacity;
    /// <summary>A relay operator repeats the words: the caller is who speaks through them.</summary>
    public bool Relay { get; private init; } = relay;
    /// <summary>An interpreter helps: the caller is who speaks through them.</summary>
    public bool Interpreter { get; private init; } = interpreter;
    public CallerWay Way { get; private init; } = way;
    public string Shown { get; private init; } = shown;
    public DateTime At { get; private init; } = at;
    public DateTime UntilAt { get; private init; } = untilAt;
    /// <summary>Since when their call is not the one in hand: parked, or waiting for a colleague. Until it goes on they open nothing.</summary>
    public DateTime? ParkedAt { get; private set; }
    public DateTime? EndedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("person", PersonId);

    public void End(DateTime at) => (EndedAt, Version) = (at, Version + 1);

    public void Park(DateTime at) => (ParkedAt, Version) = (at, Version + 1);

    public void GoOn() => (ParkedAt, Version) = (null, Version + 1);

    /// <summary>A colleague goes on with the same caller.</summary>
    public Caller HandedTo(long id, long employee, DateTime at) =>
        new(id, employee, Interaction, PersonId, AccountId, SpeakerId, AuthorisationId, Capacity, Relay, Interpreter, Way, Shown, at, UntilAt);
}

internal static class CallersInTime
{
    public static IQueryable<Caller> NotOver(this IQueryable<Caller> callers, DateTime now) => callers.Where(c => c.EndedAt == null && c.UntilAt > now);

    /// <summary>Those who speak now: not over, and their call is the one in hand.</summary>
    public static IQueryable<Caller> Live(this IQueryable<Caller> callers, DateTime now) => callers.NotOver(now).Where(c => c.ParkedAt == null);
}

/// <summary>A try to verify a caller that failed, or in which not all was right. What was said is not kept, only how much of it was right.</summary>
/// <param name="asked">Codes of the questions, or the way that was tried.</param>
/// <param name="wrong">Codes of those that were answered wrongly.</param>
/// <param name="convinced">Enough was right all the same: it counts as no failed try.</param>
[NotAudited("is itself the record of a try; nothing changes it")]
internal sealed class CallerTry(long id, long employeeId, RecordRef? interaction, long personId, CallerWay way, string asked, int rightAnswers, string wrong, bool convinced, DateTime at)
{
    public long Id { get; private init; } = id;
    public long EmployeeId { get; private init; } = employeeId;
    public RecordRef? Interaction { get; private init; } = interaction;
    public long PersonId { get; private init; } = personId;
    public CallerWay Way { get; private init; } = way;
    public string Asked { get; private init; } = asked;
    public int RightAnswers { get; private init; } = rightAnswers;
    public string Wrong { get; private init; } = wrong;
    public bool Convinced { get; private init; } = convinced;
    public DateTime At { get; private init; } = at;
}

internal sealed class CallerMap : IEntityTypeConfiguration<Caller>, IEntityTypeConfiguration<CallerTry>
{
    public void Configure(EntityTypeBuilder<Caller> builder)
    {
        builder.ToTable("caller");
        builder.HasIndex(c => new { c.EmployeeId, c.UntilAt }, "ix_caller_employee");
        builder.HasIndex(c => c.Interaction, "ix_caller_interaction");
        builder.HasIndex(c => new { c.PersonId, c.At }, "ix_caller_person");
        builder.HasOne<Person>().WithMany().HasForeignKey(c => c.PersonId);
        builder.HasOne<Person>().WithMany().HasForeignKey(c => c.SpeakerId);
        builder.HasOne<Authorisation>().WithMany().HasForeignKey(c => c.AuthorisationId);
    }

    public void Configure(EntityTypeBuilder<CallerTry> builder)
    {
        builder.ToTable("caller_try");
        builder.HasIndex(t => new { t.PersonId, t.At }, "ix_caller_try_person");
        builder.HasOne<Person>().WithMany().HasForeignKey(t => t.PersonId);
    }
}
