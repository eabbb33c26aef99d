using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>Records a contact, with what was promised. People, machines and automatic creators all come through here.</summary>
internal sealed class RecordContact(
    AppDb db, CurrentActor actor, ICustomers customers, ITimeline timeline, IEvents events, IUtilityClock clock, ReminderBook reminders, FoundType types, Attachments attachments)
    : IUse<RecordContact.Input, RecordContact.Recorded>
{
    public const int MaxComment = 20_000;

    /// <param name="Type">Code or shorthand of the type; <paramref name="TypeId"/> goes before it.</param>
    /// <param name="OccurredAt">UTC; now when null.</param>
    /// <param name="StaysOpen">Null for what the type says. What is promised keeps it open in any case, until it is kept.</param>
    public sealed record Input(
        long? TypeId, string? Type, long? PersonId, long? AccountId, long? PremiseId, Channel? Channel, ContactDirection? Direction, string? Comment,
        DateTime? OccurredAt = null, IReadOnlyDictionary<string, string>? Characteristics = null, bool? StaysOpen = null, ReminderBook.Promise? Reminder = null,
        string? Source = null, string? ExternalKey = null, IReadOnlyList<Attachment>? Files = null);

    /// <param name="Warnings">What the person should know but may well have meant: a holiday, an absence.</param>
    public sealed record Recorded(long Id, string Reference, long? ReminderId, IReadOnlyList<string> Warnings);

    public async Task<Outcome<Recorded>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        var problems = new Problems();
        var now = db.Now;
        var occurredAt = input.OccurredAt?.InUtc();
        var type = await types.Find(input.TypeId, input.Type, ct);
        var typeField = string.IsNullOrWhiteSpace(input.Type) ? nameof(Input.TypeId) : nameof(Input.Type);
        if (type is null)
            problems.Add(typeField, string.IsNullOrWhiteSpace(input.Type) && input.TypeId is null ? "What is it about? Choose a type." : "There is no such contact type.", "contact.type.unknown");
        else if (!type.IsInForce(await clock.Today(ct)))
            problems.Add(typeField, $"The type {type.Name} is not in use (any more).", "contact.type.not_in_force");
        else if (!await types.ClassInUse(type, ct))
            problems.Add(typeField, $"The class of the type {type.Name} is not in use any more.", "contact.class.closed");
        if (input.Channel is null)
            problems.List.Add(Problem.Required(nameof(Input.Channel), "Channel"));
        var comment = problems.Lines(nameof(Input.Comment), "What was said", input.Comment, MaxComment, required: type?.DefaultText is null);
        ContactTime.Check(occurredAt, now, problems);
        Attachments.Check(input.Files, problems);
        string? characteristics = null;
        if (type is not null)
        {
            problems.List.AddRange(LinkRules.Check(type, input.PersonId, input.AccountId, input.PremiseId));
            characteristics = CharacteristicValues.Read(type, input.Characteristics, problems);
        }
        if (await customers.CheckTogether(input.PersonId, input.AccountId, input.PremiseId, ct) is { } apart)
            problems.List.Add(apart);
        var (source, key) = await External(input, problems, ct);
        var promise = input.Reminder is null ? null : await reminders.Check(input.Reminder, type?.DefaultRoleId, "Reminder.", problems, ct);
        if (problems.Any)
            return problems;

        var contact = new Contact
        {
            Id = db.NextId(), Reference = ReferenceNumber.Format(await db.NextNumber("contact", ct), "C"), TypeId = type!.Id, Channel = input.Channel!.Value,
            Direction = input.Direction ?? type.DefaultDirection, OccurredAt = (occurredAt ?? now).TruncateToMicroseconds(), RecordedAt = now, RecordedBy = db.Actor.Ref,
            Characteristics = characteristics, Source = source, ExternalKey = key,
        };
        contact.BelongTo(input.PersonId, input.AccountId, input.PremiseId);
        if (input.StaysOpen ?? type.StaysOpen)
            contact.Open();
        else if (promise is not null)
            contact.OpenForPromise();
        var log = new ContactLog
        {
            Id = db.NextId(), ContactId = contact.Id, At = now, Author = db.Actor.Ref, Kind = LogKind.Comment, Body = comment.Length > 0 ? comment : type.DefaultText!,
        };
        db.Add(contact);
        db.Add(log);
        var reminder = promise is null ? null : await reminders.Add(promise, contact, log, type, ct);
        await attachments.Add(contact.AuditSubject, input.Files, ct);
        timeline.Tell(contact.AuditSubject, "contact", contact.OccurredAt, type.Name, Extract(log.Body), contact.Status == ContactStatus.Open, contact.PersonId, contact.AccountId, contact.PremiseId);
        await events.Publish(
            new ContactRecorded(contact.Id, type.Code, contact.Channel.ToString(), contact.PersonId, contact.AccountId, contact.PremiseId), ct,
            contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return new Recorded(contact.Id, contact.Reference, reminder?.Id, promise?.Warnings ?? []);
    }

    /// <summary>What another system calls the contact: once for each system.</summary>
    private async Task<(string? Source, string? Key)> External(Input input, Problems problems, CancellationToken ct)
    {
        var source = problems.Text(nameof(Input.Source), "Source", input.Source, 50, required: false) is { Length: > 0 } named ? named : null;
        var key = problems.Text(nameof(Input.ExternalKey), "External key", input.ExternalKey, 200, required: false) is { Length: > 0 } given ? given : null;
        if (source is { Length: <= 50 } && key is { Length: <= 200 } && await db.Set<Contact>().Where(c => c.Source == source && c.ExternalKey == key).Select(c => c.Reference).FirstOrDefaultAsync(ct) is { } there)
            problems.Add(nameof(Input.ExternalKey), $"{source} {key} is recorded already: contact {there}.", "contact.external_key.taken");
        return (source, key);
    }

    /// <summary>The beginning of a text, for lists.</summary>
    public static string Extract(string body) => body.Length <= 300 ? body : string.Concat(Platform.Search.SearchText.Cut(body, 299), "…");
}
