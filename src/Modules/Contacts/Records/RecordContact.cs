using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Emergency;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
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
    AppDb db, CurrentActor actor, ICustomers customers, ITimeline timeline, IEvents events, IUtilityClock clock, ReminderBook reminders, FoundType types, Attachments attachments,
    InteractionDesk calls, ReferenceCache<KnownWrapUps> wrapUps, EmergencyDesk emergencies)
    : IUse<RecordContact.Input, RecordContact.Recorded>
{
    public const int MaxComment = 20_000;

    /// <param name="Type">Code or shorthand of the type; <paramref name="TypeId"/> goes before it.</param>
    /// <param name="OccurredAt">UTC; now when null.</param>
    /// <param name="InteractionId">The call, visit or chat in which it was said; who is calling there becomes this person, unless that is known or somebody else reported it.</param>
    /// <param name="WrapUp">Code of how it ended; <paramref name="WrapUpCodeId"/> goes before it. A contact in an interaction needs one.</param>
    /// <param name="ResolvedNow">Null for what the wrap-up code says.</param>
    /// <param name="Place">Where it is, in words: as good as a premise. An emergency needs one of the two, and nothing else.</param>
    /// <param name="ReporterName">Who says so, without being on record; with <paramref name="ReporterPhone"/>.</param>
    /// <param name="SameAsId">An emergency reported before: this is one more report of it, and no second To Do.</param>
    /// <param name="ReadOut">Steps of the type's script that were said or asked, in their words; null where none was shown.</param>
    /// <param name="DraftId">The form that a colleague had begun in the call and handed over: it is recorded with this, for whomever.</param>
    /// <param name="StaysOpen">Null for what the type says. What is promised keeps it open in any case, until it is kept.</param>
    public sealed record Input(
        long? TypeId, string? Type, long? PersonId, long? AccountId, long? PremiseId, Channel? Channel, ContactDirection? Direction, string? Comment,
        DateTime? OccurredAt = null, IReadOnlyDictionary<string, string>? Characteristics = null, bool? StaysOpen = null, ReminderBook.Promise? Reminder = null,
        string? Source = null, string? ExternalKey = null, IReadOnlyList<Attachment>? Files = null,
        long? InteractionId = null, long? WrapUpCodeId = null, string? WrapUp = null, bool? ResolvedNow = null,
        string? Place = null, string? ReporterName = null, string? ReporterPhone = null, long? SameAsId = null,
        IReadOnlyList<string>? ReadOut = null, long? DraftId = null);

    /// <param name="Warnings">What the person should know but may well have meant: a holiday, an absence.</param>
    public sealed record Recorded(long Id, string Reference, long? ReminderId, IReadOnlyList<string> Warnings);

    public Task<Outcome<Recorded>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        // In one transaction from the first look: whom it is about is not merged into another before it is stored.
        return db.InTransaction(() => Record(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Recorded>> Record(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var now = db.Now;
        var occurredAt = input.OccurredAt?.InUtc();
        var type = await types.Find(input.TypeId, input.Type, ct);
        var typeField = string.IsNullOrWhiteSpace(input.Type) ? nameof(Input.TypeId) : nameof(Input.Type);
        if (type is null)
            problems.Add(typeField, string.IsNullOrWhiteSpace(input.Type) && input.TypeId is null ? "What is it about? Choose a type." : "There is no such contact type.", "contact.type.unknown");
        else if (!type.IsInForce(await clock.Today(ct)))
            problems.Add(typeField, $"The type {type.Name} is not in use (any more).", "contact.type.not_in_force");
        else if (!await types.ClassInForce(type, await clock.Today(ct), ct))
            problems.Add(typeField, $"The class of the type {type.Name} is not in use (any more).", "contact.class.closed");
        var urgent = type is { Emergency: true };
        if (input.Channel is null && !urgent)
            problems.List.Add(Problem.Required(nameof(Input.Channel), "Channel"));
        var comment = problems.Lines(nameof(Input.Comment), "What was said", input.Comment, MaxComment, required: type?.DefaultText is null && !urgent);
        var place = problems.Text(nameof(Input.Place), "Place", input.Place, 200, required: false) is { Length: > 0 } where ? where : null;
        var reporter = problems.Text(nameof(Input.ReporterName), "Name", input.ReporterName, 100, required: false) is { Length: > 0 } name ? name : null;
        var phone = problems.PhoneText(nameof(Input.ReporterPhone), "Number", input.ReporterPhone, 50) is { Length: > 0 } number ? number : null;
        var script = ScriptRead.Words(type, input.ReadOut, nameof(Input.ReadOut), problems);
        ContactTime.Check(occurredAt, now, problems);
        Attachments.Check(input.Files, problems);
        string? characteristics = null;
        if (type is not null)
        {
            problems.List.AddRange(LinkRules.Check(type, input.PersonId, input.AccountId, input.PremiseId, place is not null || urgent));
            characteristics = CharacteristicValues.Read(type, input.Characteristics, problems);
        }
        var about = await customers.CheckTogether(input.PersonId, input.AccountId, input.PremiseId, ct);
        problems.List.AddRange(about.Problems);
        // Of those who were merged, the survivors.
        if (about.Ok)
            input = input with { PersonId = about.Value.PersonId, PremiseId = about.Value.PremiseId };
        var interaction = input.InteractionId is { } call ? await calls.ForContact(call, input.PersonId, problems, ct) : null;
        var wrapUp = await WrapUp(input, type, problems, ct);
        var (source, key) = await External(input, problems, ct);
        var promise = input.Reminder is null ? null : await reminders.Check(input.Reminder, type?.DefaultRoleId, "Reminder.", problems, ct);
        var first = type is null ? null : await emergencies.Check(type, input.PremiseId, place, input.SameAsId, problems, ct);
        if (problems.Any)
            return problems;

        var contact = new Contact
        {
            Id = db.NextId(), Reference = ReferenceNumber.Format(await db.NextNumber("contact", ct), "C"), TypeId = type!.Id, Channel = input.Channel ?? interaction?.Channel ?? Channel.Phone,
            Direction = input.Direction ?? type.DefaultDirection, OccurredAt = (occurredAt ?? now).TruncateToMicroseconds(), RecordedAt = now, RecordedBy = db.Actor.Ref,
            Characteristics = characteristics, InteractionId = interaction?.Id, WrapUpCodeId = wrapUp?.Id, ResolvedNow = input.ResolvedNow ?? wrapUp?.Resolves,
            Place = place, ReporterName = reporter, ReporterPhone = phone, SameAsId = first, Source = source, ExternalKey = key,
        };
        contact.BelongTo(input.PersonId, input.AccountId, input.PremiseId);
        if (input.StaysOpen ?? type.StaysOpen)
            contact.Open();
        else if (promise is not null)
            contact.OpenForPromise();
        var log = new ContactLog
        {
            Id = db.NextId(), ContactId = contact.Id, At = now, Author = db.Actor.Ref, Kind = LogKind.Comment, Body = comment.Length > 0 ? comment : type.DefaultText ?? type.Name,
        };
        db.Add(contact);
        db.Add(log);
        if (script is not null)
            db.Add(new ContactLog { Id = db.NextId(), ContactId = contact.Id, At = now, Author = db.Actor.Ref, Kind = LogKind.Script, Body = script });
        // Somebody else who reports it is the one on the line.
        if (interaction is { PersonId: null } && input.PersonId is { } caller && (reporter ?? phone) is null)
        {
            interaction.TakeCaller(caller);
            await calls.Step(interaction, InteractionStep.Caller, null, null, ct, interaction.EmployeeId);
        }
        if (interaction is { HasDrafts: true } && input.DraftId is { } draft)
            await calls.Recorded(interaction, draft, ct);
        var reminder = promise is null ? null : await reminders.Add(promise, contact, log, type, ct);
        await attachments.Add(contact.AuditSubject, input.Files, ct);
        timeline.Tell(contact.AuditSubject, "contact", contact.OccurredAt, type.Name, Extract(log.Body), contact.Status == ContactStatus.Open, contact.PersonId, contact.AccountId, contact.PremiseId);
        await events.Publish(
            new ContactRecorded(contact.Id, type.Code, contact.Channel.ToString(), contact.PersonId, contact.AccountId, contact.PremiseId), ct,
            contact.AuditSubject);
        var warnings = urgent ? [.. promise?.Warnings ?? [], .. await emergencies.Raise(contact, type, ct)] : promise?.Warnings ?? [];
        await db.SaveChangesAsync(ct);
        return new Recorded(contact.Id, contact.Reference, reminder?.Id, warnings);
    }

    /// <summary>How it ended; out of memory, without a statement.</summary>
    private async Task<WrapUpCode?> WrapUp(Input input, ContactType? type, Problems problems, CancellationToken ct)
    {
        var asked = input.WrapUpCodeId is not null || !string.IsNullOrWhiteSpace(input.WrapUp);
        if (!asked && input.InteractionId is null)
            return null;
        var known = await wrapUps.Get(ct);
        var today = await clock.Today(ct);
        var field = input.WrapUpCodeId is null && asked ? nameof(Input.WrapUp) : nameof(Input.WrapUpCodeId);
        var found = asked ? known.Find(input.WrapUpCodeId, input.WrapUp) : null;
        if (asked && found is null)
            problems.Add(field, "There is no such wrap-up code.", "wrap_up.unknown");
        else if (found?.IsInForce(today) == false)
            problems.Add(field, $"The wrap-up code {found.Name} is not in use (any more).", "wrap_up.not_in_force");
        else if (!asked && type is not { Emergency: true } && known.InForce(today).Any())
            problems.Add(field, "How did it end? Choose a wrap-up code.", "wrap_up.missing");
        return found;
    }

    /// <summary>What another system calls the contact: once for each system.</summary>
    private async Task<(string? Source, string? Key)> External(Input input, Problems problems, CancellationToken ct)
    {
        var source = problems.Text(nameof(Input.Source), "Source", input.Source, 50, required: false) is { Length: > 0 } named ? named : null;
        var key = problems.Text(nameof(Input.ExternalKey), "External key", input.ExternalKey, 200, required: false, anyNumber: true) is { Length: > 0 } given ? given : null;
        if (source is { Length: <= 50 } && key is { Length: <= 200 } && await db.Set<Contact>().Where(c => c.Source == source && c.ExternalKey == key).Select(c => c.Reference).FirstOrDefaultAsync(ct) is { } there)
            problems.Add(nameof(Input.ExternalKey), $"{source} {key} is recorded already: contact {there}.", "contact.external_key.taken");
        return (source, key);
    }

    /// <summary>The beginning of a text, for lists.</summary>
    public static string Extract(string body) => body.Length <= 300 ? body : string.Concat(Platform.Search.SearchText.Cut(body, 299), "…");
}
