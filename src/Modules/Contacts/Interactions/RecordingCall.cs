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
    public sealed record Found(
        long? Id, Channel? Channel = null, ContactDirection? Direction = null, long? Caller = null, string? CallerName = null, (long Id, string Fields)? Draft = null, bool Refused = false,
        IReadOnlyList<Option>? Choices = null)
    {
        public static readonly Found None = new((long?)null);
    }

    /// <param name="asked">In the address.</param>
    /// <param name="sent">With the form.</param>
    public async Task<Found> Read(long? asked, long? sent, long? personId, CancellationToken ct)
    {
        var hand = await calls.InHand(ct);
        var open = hand.Parked.Where(p => p.State == nameof(InteractionState.Parked)).Prepend(hand.Current).OfType<InteractionLine>().ToList();
        var choices = open.Select(i => new Option($"{i.Id}", $"{i.Reference}{(i.NumberOrPlace is null ? "" : $", {i.NumberOrPlace}")}")).ToList();
        // Sent, or opened on a page that stands there since the call before: whoever records chooses anew.
        if ((sent ?? asked) is { } named && !open.Exists(i => i.Id == named))
            return Found.None with { Refused = true, Choices = choices };
        // Whose caller the person is goes before what the page says.
        var of = open.Find(i => personId is not null && i.PersonId == personId && sent is null) ?? open.Find(i => i.Id == (sent ?? asked)) ?? (sent is null ? hand.Current : null);
        if (of is null)
            return Found.None with { Choices = choices };
        var caller = of.PersonId is { } known && known != personId && actor.May(ContactsPermissions.ReadCustomers)
            ? (await customers.Describe([new RecordRef("person", known)], ct)).GetValueOrDefault(new RecordRef("person", known)) : null;
        var draft = await db.Set<InteractionDraft>().Where(d => d.InteractionId == of.Id && d.PersonId == personId).OrderByDescending(d => d.Id).Select(d => new { d.Id, d.Fields }).FirstOrDefaultAsync(ct);
        return new Found(
            of.Id, Enum.Parse<Channel>(of.Channel), Enum.Parse<ContactDirection>(of.Direction), of.PersonId, caller,
            draft is null ? null : (draft.Id, draft.Fields), Choices: choices);
    }
}
