using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;

namespace Tieline.Contacts.Interactions;

/// <summary>The call in which the recording form records: the one it was opened for, or the one whose caller it is about, or the one in progress.</summary>
internal sealed class RecordingCall(AppDb db, CurrentActor actor, InteractionsDoor calls, ICustomers customers)
{
    /// <param name="Refused">The call that was sent takes no contact any more: another is chosen, or none.</param>
    /// <param name="Draft">What a colleague had typed before handing it over.</param>
    /// <param name="Withheld">A colleague had typed something that the actor may not see now.</param>
    public sealed record Found(
        long? Id, Channel? Channel = null, ContactDirection? Direction = null, long? Caller = null, string? CallerName = null, (long Id, string Fields)? Draft = null, bool Withheld = false, bool Refused = false,
        IReadOnlyList<Option>? Choices = null)
    {
        public static readonly Found None = new((long?)null);
    }

    /// <param name="Named">The call in the address.</param>
    /// <param name="Sent">The call sent with the form.</param>
    /// <param name="DraftId">What a colleague had typed, in the address; the newest about the person, or of the emergency, without.</param>
    /// <param name="EmergencyTypeId">For the form of an emergency.</param>
    public sealed record Asked(long? Named = null, long? Sent = null, long? PersonId = null, long? DraftId = null, long? EmergencyTypeId = null);

    public async Task<Found> Read(Asked asked, CancellationToken ct)
    {
        var hand = await calls.InHand(ct);
        var open = hand.Parked.Where(p => p.State == nameof(InteractionState.Parked)).Prepend(hand.Current).OfType<InteractionLine>().ToList();
        var choices = open.Select(i => new Option($"{i.Id}", $"{i.Reference}{(i.NumberOrPlace is null ? "" : $", {i.NumberOrPlace}")}")).ToList();
        var personId = asked.PersonId;
        // Sent, or opened on a page that stands there since the call before: whoever records chooses anew.
        if ((asked.Sent ?? asked.Named) is { } named && !open.Exists(i => i.Id == named))
            return Found.None with { Refused = true, Choices = choices };
        // Whose caller the person is goes before what the page says.
        var of = open.Find(i => personId is not null && i.PersonId == personId && asked.Sent is null) ?? open.Find(i => i.Id == (asked.Sent ?? asked.Named)) ?? (asked.Sent is null ? hand.Current : null);
        if (of is null)
            return Found.None with { Choices = choices };
        var caller = of.PersonId is { } known && known != personId && actor.May(ContactsPermissions.ReadCustomers)
            ? (await customers.Describe([new RecordRef("person", known)], ct)).GetValueOrDefault(new RecordRef("person", known)) : null;
        var found = new Found(of.Id, Enum.Parse<Channel>(of.Channel), Enum.Parse<ContactDirection>(of.Direction), of.PersonId, caller, Choices: choices);
        var draft = !of.HasDrafts ? null : await db.Set<InteractionDraft>().AsNoTracking()
            .Where(d => d.InteractionId == of.Id && d.EmergencyTypeId == asked.EmergencyTypeId && (asked.DraftId == null ? d.PersonId == personId : d.Id == asked.DraftId)).OrderByDescending(d => d.Id).FirstOrDefaultAsync(ct);
        if (draft is null)
            return found;
        // Half of what was typed would be stored as the whole.
        var maskings = await customers.Masking([(draft.PersonId, null), (of.PersonId, null)], ct);
        return TypedDrafts.IsHidden(draft.Fields, typed => maskings.Of(draft.PersonId).Text(maskings.Of(of.PersonId).Text(typed)))
            ? found with { Withheld = true } : found with { Draft = (draft.Id, draft.Fields) };
    }
}
