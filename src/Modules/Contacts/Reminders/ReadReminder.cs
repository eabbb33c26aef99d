using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Reminders;

/// <summary>One promise, for the forms that keep, move or withdraw it.</summary>
internal sealed class ReadReminder(AppDb db, CurrentActor actor) : IUse<ReadReminder.Input, ReadReminder.Line>
{
    public sealed record Input(long Id);

    public sealed record Line(long Id, long ContactId, string Reference, DateOnly On, TimeOnly? From, TimeOnly? To, string AddressedTo, string? Phone, string Text, string State, int Version);

    public async Task<Outcome<Line>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        var line = await (from r in db.Set<Reminder>()
                          join c in db.Set<Contact>() on r.ContactId equals c.Id
                          where r.Id == input.Id
                          select new Line(r.Id, c.Id, c.Reference, r.TriggerOn, r.FromTime, r.ToTime, r.AddressedTo, r.Phone, r.Body, r.State.ToString(), r.Version)).SingleOrDefaultAsync(ct);
        return line is null ? Problem.NotFound("The promise") : line;
    }
}
