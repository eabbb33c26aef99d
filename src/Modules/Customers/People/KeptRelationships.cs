using Tieline.Customers.Sight;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>How a relationship is kept, whichever use adds it: on the timeline, announced, and closing the record to an employee from the commit on.</summary>
internal sealed class KeptRelationships(AppDb db, IOrganization organization, ITimeline timeline, IEvents events, ReferenceCache<OwnRecords> own)
{
    /// <summary>The caller saves.</summary>
    /// <param name="other">Who is related, by name.</param>
    public async Task Add(Relationship relationship, string? other, CancellationToken ct)
    {
        db.Add(relationship);
        if (relationship.Kind.ClosesRecord())
            db.AfterCommit(own.Forget);
        timeline.Tell(
            new RecordRef("relationship", relationship.Id), "person", db.Now, $"{Platform.Ui.Option.InWords(relationship.Kind.ToString())}: {other}", relationship.Comment, false,
            relationship.PersonId, null, null);
        await events.Publish(new PersonChanged(relationship.PersonId, ["relationship"]), ct, relationship.AuditSubject);
    }

    /// <summary>Who works here; otherwise a problem at the field.</summary>
    public async Task<EmployeeLine?> Employee(Problems problems, string field, long? id, CancellationToken ct)
    {
        if (id is null)
            problems.List.Add(Problem.Required(field, "Employee"));
        else if (await organization.Employee(id.Value, ct) is { Active: true } employee)
            return employee;
        else
            problems.Add(field, "This employee is not known or has left.", "employee.unknown");
        return null;
    }
}
