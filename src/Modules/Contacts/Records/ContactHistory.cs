using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>Why a contact is as it is: who made it, from where, what was changed by whom, and what was announced about it.</summary>
internal sealed class ContactHistory(AppDb db, CurrentActor actor, IAuditTrail audit, ContactsInSight sight) : IUse<ContactHistory.Input, ContactHistory.Story>
{
    private const int Most = 200;
    private static readonly string[] Belongings = [nameof(Contact.PersonId), nameof(Contact.AccountId), nameof(Contact.PremiseId)];

    public sealed record Input(long Id);

    public sealed record Story(string Reference, ActorRef RecordedBy, DateTime RecordedAt, string? Source, string? ExternalKey, IReadOnlyList<AuditLine> Changes);

    public async Task<Outcome<Story>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        if (await db.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == input.Id, ct) is not { } contact)
            return ContactBook.NotThere;
        var masking = await sight.Of(contact, ct);
        if (masking.IsClosed)
            return ContactsInSight.Closed;
        var changes = await audit.Of(contact.AuditSubject, Most, null, ct);
        if (!ContactsPermissions.MaySeeWhereItStood(actor))
            changes = [.. changes.Select(WithoutBelongings)];
        changes = [.. changes.Select(c => c with { Changes = MaskedChanges.Of(c.Changes, (_, text) => masking.Text(text)) })];
        await audit.Looked(contact.PersonId is { } person ? new RecordRef("person", person) : contact.AuditSubject, ct, $"history of {contact.Reference}", [contact.Id]);
        return new Story(contact.Reference, contact.RecordedBy, contact.RecordedAt, contact.Source, contact.ExternalKey, changes);
    }

    private static AuditLine WithoutBelongings(AuditLine line)
    {
        if (line.Changes is null || JsonNode.Parse(line.Changes) is not JsonObject changes)
            return line;
        foreach (var name in changes.Select(c => c.Key).Where(k => Belongings.Contains(k, StringComparer.OrdinalIgnoreCase)).ToList())
            changes.Remove(name);
        return line with { Changes = changes.ToJsonString() };
    }
}
