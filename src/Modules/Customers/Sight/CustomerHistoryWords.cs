using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Customers.Sight;

/// <summary>The history of a person holds every value they ever had: as much of it is shown as of the person.</summary>
internal sealed class PersonHistoryWords(PeopleInSight sight) : IHistoryWords
{
    private static readonly Dictionary<string, MaskedValues> Properties = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(PersonPhone.E164)] = MaskedValues.Phones, [nameof(PersonPhone.Typed)] = MaskedValues.Phones, [nameof(PersonPhone.Extension)] = MaskedValues.Phones,
        [nameof(PersonEmail.Address)] = MaskedValues.Emails, [nameof(PersonEmail.AddressKey)] = MaskedValues.Emails, [nameof(Person.BornOn)] = MaskedValues.Born,
        [nameof(PersonAddress.OneLine)] = MaskedValues.Mailing, [nameof(PersonIdentifier.LastDigits)] = MaskedValues.Identifiers,
    };

    public string Kind => "person";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct)
    {
        await sight.RequireOpen(subject.Id, ct);
        var masking = await sight.Masking(subject.Id, ct);
        return masking.Level == SightLevel.Full ? null
            : (property, text) => Properties.TryGetValue(property, out var value) && masking.Hides(value) ? Masks.Whole : masking.Text(text);
    }
}

/// <summary>The history of an account is that of its main person.</summary>
internal sealed class AccountHistoryWords(PeopleInSight sight) : IHistoryWords
{
    public string Kind => "account";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct)
    {
        await sight.RequireOpenAccount(subject.Id, ct);
        var masking = (await sight.Maskings([(null, subject.Id)], ct)).Of(null, subject.Id);
        return masking.IsOpen ? null : (_, text) => masking.Text(text);
    }
}

/// <summary>Why places were merged, or are two, may name who lives there: at this one, at those it was compared with, and at the one into which it was merged.</summary>
internal sealed class PremiseHistoryWords(AppDb db, PeopleInSight sight) : IHistoryWords
{
    public string Kind => "premise";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct)
    {
        var others = await db.Set<DuplicatePair>().Where(p => p.Kind == MergeKind.Premise && p.AId == subject.Id).Select(p => p.BId)
            .Union(db.Set<Merge>().Where(m => m.Kind == MergeKind.Premise && m.IntoId == subject.Id).Select(m => m.FromId))
            .Union(db.Set<Premise>().SurvivorOf(subject.Id)).ToListAsync(ct);
        long[] places = [subject.Id, .. others];
        var maskings = await sight.Maskings(places.Select(id => ((long?)null, (long?)null, (long?)id)), ct);
        var hiding = places.Distinct().Select(id => maskings.Of(null, premiseId: id)).Where(m => !m.IsOpen).ToArray();
        return hiding.Length == 0 ? null : (_, text) => hiding.Aggregate(text, (words, masking) => masking.Text(words));
    }
}

/// <summary>What was typed into the search box may be anybody's number.</summary>
internal sealed class SearchHistoryWords(PeopleInSight sight, CurrentActor actor, Tieline.Platform.Time.IUtilityClock clock) : IHistoryWords
{
    public string Kind => "search";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct)
    {
        if (actor.May(CustomersPermissions.Unmasked))
            return null;
        var (hidden, today) = (await sight.Hidden(ct), await clock.Today(ct));
        return (_, text) => FreeText.Mask(text, hidden, today);
    }
}
