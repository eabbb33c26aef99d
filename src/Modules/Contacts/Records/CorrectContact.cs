using Tieline.Contacts.Emergency;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>
/// Corrects what was recorded, visibly: the log says what it was and what it is. The words first written stay where they are;
/// corrected ones stand beside them.
/// </summary>
internal sealed class CorrectContact(
    AppDb db, CurrentActor actor, ContactBook book, FoundType types, ReminderBook reminders, EmergencyDesk emergencies, IEvents events, IUtilityClock clock, ContactsInSight sight,
    ReferenceCache<KnownWrapUps> wrapUps)
    : IUse<CorrectContact.Input, CorrectContact.Corrected>
{
    /// <param name="TypeId">Null, as everything that is null, leaves it as it is.</param>
    /// <param name="OccurredAt">UTC.</param>
    /// <param name="WrapUp">Code of how it ended; <paramref name="WrapUpCodeId"/> goes before it.</param>
    /// <param name="ResolvedNow">Null leaves it, but for what another wrap-up code says. The figures follow.</param>
    public sealed record Input(
        long Id, int Version, long? TypeId = null, string? Type = null, Channel? Channel = null, ContactDirection? Direction = null, DateTime? OccurredAt = null,
        IReadOnlyDictionary<string, string>? Characteristics = null, string? Text = null, string? Reason = null,
        long? WrapUpCodeId = null, string? WrapUp = null, bool? ResolvedNow = null);

    /// <param name="Warnings">What whoever corrects must know: nobody hears of the emergency.</param>
    public sealed record Corrected(IReadOnlyList<string> Warnings);

    public async Task<Outcome<Corrected>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Correct);
        if (await book.Find(input.Id, ct) is not { } contact)
            return ContactBook.NotThere;
        if (await sight.Whole(contact, ct) is { } masked)
            return masked;
        if (await book.Contested(contact, input.Version, ct) is { } contested)
            return contested;
        var problems = new Problems();
        var before = await book.TypeOf(contact, ct);
        var type = input.TypeId is null && string.IsNullOrWhiteSpace(input.Type) ? before : await types.Find(input.TypeId, input.Type, ct);
        if (type is null)
            problems.Add(nameof(Input.Type), "There is no such contact type.", "contact.type.unknown");
        else if (type.Id != before.Id && !type.IsInForce(await clock.Today(ct)))
            problems.Add(nameof(Input.Type), $"The type {type.Name} is not in use (any more).", "contact.type.not_in_force");
        else if (type.Id != before.Id && !await types.ClassInForce(type, await clock.Today(ct), ct))
            problems.Add(nameof(Input.Type), $"The class of the type {type.Name} is not in use (any more).", "contact.class.closed");
        var occurredAt = input.OccurredAt?.InUtc().TruncateToMicroseconds() ?? contact.OccurredAt;
        ContactTime.Check(occurredAt, db.Now, problems);
        var (known, ended) = (await wrapUps.Get(ct), (WrapUpCode?)null);
        if (input.WrapUpCodeId is not null || !string.IsNullOrWhiteSpace(input.WrapUp))
        {
            ended = known.Find(input.WrapUpCodeId, input.WrapUp);
            var field = input.WrapUpCodeId is null ? nameof(Input.WrapUp) : nameof(Input.WrapUpCodeId);
            if (ended is null)
                problems.Add(field, "There is no such wrap-up code.", "wrap_up.unknown");
            else if (ended.Id != contact.WrapUpCodeId && !ended.IsInForce(await clock.Today(ct)))
                problems.Add(field, $"The wrap-up code {ended.Name} is not in use (any more).", "wrap_up.not_in_force");
        }
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 2_000, required: false);
        var text = problems.Lines(nameof(Input.Text), "Text", input.Text, RecordContact.MaxComment, required: false);
        if (problems.Any)
            return problems;

        problems.List.AddRange(LinkRules.Check(type!, contact.PersonId, contact.AccountId, contact.PremiseId, contact.Place is not null));
        if (type!.Id != before.Id && EmergencyDesk.IsNowhere(type, contact.PremiseId, contact.Place))
            problems.Add(
                nameof(Input.TypeId), $"{type.Name} is an emergency, and this contact says nowhere where it is. Move it to a premise first, or record the emergency with its place.", EmergencyDesk.NowhereRule);
        var old = CharacteristicValues.Of(contact.Characteristics);
        var given = input.Characteristics ?? old.Where(v => type!.Characteristics.Any(c => c.Code == v.Key)).ToDictionary(StringComparer.Ordinal);
        var characteristics = CharacteristicValues.Read(type!, given, problems);
        if (problems.Any)
            return problems;

        var was = await book.TextOf(contact.Id, ct);
        var lines = new List<string>();
        Differ(lines, "Type", before.Name, type!.Name);
        Differ(lines, "Channel", Words(contact.Channel), Words(input.Channel ?? contact.Channel));
        Differ(lines, "Direction", Words(contact.Direction), Words(input.Direction ?? contact.Direction));
        Differ(lines, "Happened", await Local(contact.OccurredAt, ct), await Local(occurredAt, ct));
        var resolved = input.ResolvedNow ?? (ended is not null && ended.Id != contact.WrapUpCodeId ? ended.Resolves : contact.ResolvedNow);
        var wrapUp = contact.WrapUpCodeId is { } held ? known.Find(held, null) : null;
        Differ(lines, "How it ended", wrapUp?.Name ?? "nothing", (ended ?? wrapUp)?.Name ?? "nothing");
        Differ(lines, "Resolved now", YesNo(contact.ResolvedNow), YesNo(resolved));
        var now = CharacteristicValues.Of(characteristics);
        foreach (var code in old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            Differ(lines, Label(code, before, type), old.GetValueOrDefault(code) ?? "nothing", now.GetValueOrDefault(code) ?? "nothing");
        var rewritten = text.Length > 0 && text != was;
        if (rewritten)
            Differ(lines, "Text", RecordContact.Extract(was), RecordContact.Extract(text));
        if (lines.Count == 0)
            return new Problem(null, "Nothing differs from what is recorded.", "contact.correction.nothing");

        (contact.TypeId, contact.Channel, contact.Direction, contact.OccurredAt, contact.Characteristics) =
            (type.Id, input.Channel ?? contact.Channel, input.Direction ?? contact.Direction, occurredAt, characteristics);
        (contact.WrapUpCodeId, contact.ResolvedNow) = (ended?.Id ?? contact.WrapUpCodeId, resolved);
        contact.Touch();
        if (reason.Length > 0)
            lines.Add(reason);
        book.Log(contact, LogKind.Correction, string.Join('\n', lines));
        if (rewritten)
            book.Log(contact, LogKind.CorrectedText, text);
        await reminders.Follow(contact, before, type, was, rewritten ? text : was, ct);
        // Taken for something else at first: those who go there hear of it now.
        var warnings = type.Emergency && !before.Emergency && contact.OccurredAt > db.Now.AddDays(-1) ? await emergencies.Raise(contact, type, ct) : [];
        await book.Retell(contact, type, ct, rewritten ? text : was);
        await events.Publish(new ContactCorrected(contact.Id, type.Code), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return new Corrected(warnings);
    }

    private static void Differ(List<string> lines, string label, string was, string now)
    {
        if (was != now)
            lines.Add($"{label}: was “{was}”, is “{now}”.");
    }

    private static string YesNo(bool? said) => said switch { true => "yes", false => "no", _ => "nobody said" };

    private static string Words(Enum value) => Platform.Ui.Option.InWords(value.ToString());

    private async Task<string> Local(DateTime at, CancellationToken ct) => $"{await clock.ToLocal(at, ct):d MMMM yyyy, HH:mm}";

    private static string Label(string code, ContactType before, ContactType now) =>
        now.Characteristics.Concat(before.Characteristics).FirstOrDefault(c => c.Code == code)?.Label ?? code;
}
