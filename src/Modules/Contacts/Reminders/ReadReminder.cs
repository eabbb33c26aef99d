using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Reminders;

/// <summary>One promise, for the forms that keep, move or withdraw it. The look is kept.</summary>
internal sealed class ReadReminder(AppDb db, CurrentActor actor, IAuditTrail audit, ContactsInSight sight) : IUse<ReadReminder.Input, ReadReminder.Line>
{
    public sealed record Input(long Id);

    public sealed record Line(long Id, long ContactId, string Reference, DateOnly On, TimeOnly? From, TimeOnly? To, string AddressedTo, string? Phone, string Text, string State, int Version);

    public async Task<Outcome<Line>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        var found = await (from r in db.Set<Reminder>()
                           join c in db.Set<Contact>() on r.ContactId equals c.Id
                           where r.Id == input.Id
                           select new
                           {
                               c.PersonId, Line = new Line(r.Id, c.Id, c.Reference, r.TriggerOn, r.FromTime, r.ToTime, r.AddressedTo, r.Phone, r.Body, r.State.ToString(), r.Version),
                           }).SingleOrDefaultAsync(ct);
        if (found is null)
            return Problem.NotFound("The promise");
        var masking = await sight.OpenOf(found.Line.ContactId, ct);
        var line = found.Line with { Phone = masking.Phone(found.Line.Phone), Text = masking.Text(found.Line.Text) };
        await audit.Looked(found.PersonId is { } person ? new RecordRef("person", person) : new RecordRef("contact", line.ContactId), ct, line.Reference, [line.ContactId]);
        return line;
    }
}
