using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.WrapUps;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>A wrong number in one step: recorded without a person, and the call ends. Not for a call that has a caller or a contact: then it was none.</summary>
internal sealed class RecordWrongNumber(AppDb db, CurrentActor actor, InteractionDesk desk, RecordContact record, EndInteraction end, ReferenceCache<KnownWrapUps> wrapUps, IUtilityClock clock)
    : IUse<RecordWrongNumber.Input, RecordWrongNumber.Ended>
{
    /// <summary>Contact type and wrap-up code.</summary>
    public const string Code = "WRONG-NUMBER";

    public sealed record Input(long Id);

    /// <param name="Reference">Of the contact.</param>
    public sealed record Ended(long ContactId, string Reference);

    public async Task<Outcome<Ended>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return await db.InTransaction(() => Do(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Ended>> Do(Input input, CancellationToken ct)
    {
        await db.Hold("interaction", [input.Id], ct);
        if (await desk.Find(input.Id, ct) is not { } interaction)
            return InteractionDesk.NotThere;
        desk.RequireTheirs(interaction);
        if (interaction.IsOver)
            return InteractionDesk.Over(interaction);
        if (interaction.PersonId is not null || await db.Set<Contact>().AnyAsync(c => c.InteractionId == interaction.Id, ct))
            return new Problem(null, $"{interaction.Reference} has a caller or a contact already: it is no wrong number. End it.", "interaction.no_wrong_number");
        var known = await wrapUps.Get(ct);
        var today = await clock.Today(ct);
        var wrapUp = known.Find(null, Code) is { } own && own.IsInForce(today) ? own : known.InForce(today).FirstOrDefault();
        // A long phone number may look like a card in a comment, and nobody is asked here.
        var from = interaction.NumberOrPlace is { } place ? SecretNumbersInText.Mask(place, SecretNumbersInText.Find(place)) : null;
        var recorded = await record.Handle(
            new(null, Code, null, null, null, interaction.Channel, interaction.Direction, from is null ? "Wrong number." : $"Wrong number, from {from}.",
                InteractionId: interaction.Id, WrapUpCodeId: wrapUp?.Id, ResolvedNow: true), ct);
        if (!recorded.Ok)
            return Outcome<Ended>.Broken(recorded.Problems);
        var ended = await end.Handle(new(interaction.Id), ct);
        return ended.Ok ? new Ended(recorded.Value.Id, recorded.Value.Reference) : Outcome<Ended>.Broken(ended.Problems);
    }
}
