using Tieline.Contacts.Interactions;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Contacts.Records;

/// <summary>What the recording form shows for a type and a person.</summary>
/// <param name="Places">The person's own, current ones first; empty without a person.</param>
/// <param name="PremiseText">Address of the premise when it is none of the person's places.</param>
internal sealed record RecordPartsFound(ContactType? Type, long? PersonId, IReadOnlyList<PersonPlace> Places, long? AccountId, long? PremiseId, string? PremiseText)
{
    /// <summary>What the person said of the same class lately, newest first.</summary>
    public IReadOnlyList<EarlierContact>? Earlier { get; init; }
    public string ClassName { get; init; } = "";
    /// <summary>How many days that is.</summary>
    public int Days { get; init; }
}

/// <summary>Chooses sensibly, and keeps that the person or premise was looked at: places of this person only, what was asked for if it is one of them, and the current one when there is only one.</summary>
internal sealed class RecordPartsReader(FoundType types, Repeats repeats, ICustomers customers, CurrentActor actor, IAuditTrail audit)
{
    /// <param name="interactionId">The call in which it is recorded: what was said in that is no earlier contact.</param>
    public async Task<RecordPartsFound> Read(long? typeId, long? personId, long? accountId, long? premiseId, CancellationToken ct, long? interactionId = null)
    {
        var type = typeId is null ? null : await types.Find(typeId, null, ct);
        if (personId is not null || premiseId is not null)
        {
            actor.Require(ContactsPermissions.ReadCustomers);
            await audit.Looked(personId is { } about ? new RecordRef("person", about) : new RecordRef("premise", premiseId!.Value), ct, "for a contact");
        }
        if (personId is not { } person)
        {
            var text = premiseId is { } asked ? (await customers.Premise(asked, ct))?.Address : null;
            return new RecordPartsFound(type, null, [], null, text is null ? null : premiseId, text);
        }
        var places = await customers.PlacesOf(person, ct);
        var account = places.Any(p => p.Account.Id == accountId) ? accountId : null;
        var premise = places.Any(p => p.Premise?.Id == premiseId && (account is null || p.Account.Id == account)) ? premiseId : null;
        var current = places.Where(p => p.Current && (account is null || p.Account.Id == account) && (premise is null || p.Premise?.Id == premise)).ToArray();
        if (account is null && current.Select(p => p.Account.Id).Distinct().ToArray() is [var only])
            account = only;
        if (premise is null && current.Where(p => p.Account.Id == account && p.Premise is not null).Select(p => p.Premise!.Id).Distinct().ToArray() is [var single])
            premise = single;
        var found = new RecordPartsFound(type, person, places, account, premise, null);
        return type is null || !actor.May(ContactsPermissions.Read) ? found : await repeats.Tell(found, type, person, interactionId, ct);
    }
}
