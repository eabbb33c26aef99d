using Tieline.Platform;

namespace Tieline.Customers.People;

internal enum RelationshipKind
{
    Landlord, Carer, KeyAccountManager, PrimaryContact, Guardian, Executor, Family,

    /// <summary>The person is this employee, whose own record is closed to them.</summary>
    Self,

    /// <summary>The person is a relative of this employee, to whom their record is closed.</summary>
    Relative,
}

internal static class RelationshipKinds
{
    /// <summary>The other side is an employee, not a person on record.</summary>
    public static bool IsWithEmployee(this RelationshipKind kind) => kind is RelationshipKind.KeyAccountManager or RelationshipKind.Self or RelationshipKind.Relative;

    /// <summary>Closes the person's record to the employee.</summary>
    public static bool ClosesRecord(this RelationshipKind kind) => kind is RelationshipKind.Self or RelationshipKind.Relative;
}

internal static class DaysOfRelationships
{
    public static IQueryable<Relationship> InForce(this IQueryable<Relationship> relationships, DateOnly day) =>
        relationships.Where(r => (r.FromOn == null || r.FromOn <= day) && (r.ToOn == null || r.ToOn >= day));

    /// <summary>Which employee a person is.</summary>
    public static IQueryable<Relationship> NamingEmployee(this IQueryable<Relationship> relationships, DateOnly day) =>
        relationships.InForce(day).Where(r => r.Kind == RelationshipKind.Self);
}

/// <summary>"<c>Related</c> is the landlord (carer, primary contact ...) of <c>Person</c>"; a key account manager is an employee.</summary>
internal sealed class Relationship(
    long id, long personId, RelationshipKind kind, long? relatedPersonId, long? employeeId, string? employeeName, string? comment, DateOnly? fromOn, DateOnly? toOn)
    : IAudited
{
    public long Id { get; private init; } = id;
    public long PersonId { get; private init; } = personId;
    public RelationshipKind Kind { get; private init; } = kind;
    public long? RelatedPersonId { get; private init; } = relatedPersonId;
    public long? EmployeeId { get; private init; } = employeeId;
    /// <summary>As it was when the relationship was recorded.</summary>
    public string? EmployeeName { get; private init; } = employeeName;
    public string? Comment { get; private set; } = comment;
    public DateOnly? FromOn { get; private init; } = fromOn;
    public DateOnly? ToOn { get; private set; } = toOn;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("person", PersonId);

    /// <summary>One of the two was merged into another person.</summary>
    public void Follow() => Version++;

    /// <summary>That it ended was a mistake.</summary>
    public void Reopen() => (ToOn, Version) = (null, Version + 1);

    public void End(DateOnly on) => (ToOn, Version) = (on, Version + 1);
}
