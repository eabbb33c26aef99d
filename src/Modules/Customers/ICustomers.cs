using Tieline.Platform;

namespace Tieline.Customers;

public sealed record PersonLine(long Id, string Reference, string Name, bool Organization);

/// <param name="Status"><c>Active</c> or <c>Closed</c>.</param>
public sealed record AccountLine(long Id, string Number, string Status);

public sealed record PremiseLine(long Id, string Address);

/// <summary>An account that a person is on, with a premise it supplies.</summary>
/// <param name="Current">The person is still on the account, and it is active.</param>
public sealed record PersonPlace(AccountLine Account, PremiseLine? Premise, string Role, bool Current);

/// <summary>What other rooms may ask about people, accounts and premises.</summary>
public interface ICustomers
{
    Task<PersonLine?> Person(long id, CancellationToken ct);

    Task<AccountLine?> Account(long id, CancellationToken ct);

    Task<PremiseLine?> Premise(long id, CancellationToken ct);

    /// <summary>Accounts and premises of a person, current ones first: what a contact may be about.</summary>
    Task<IReadOnlyList<PersonPlace>> PlacesOf(long personId, CancellationToken ct);

    /// <summary>
    /// Whether person, account and premise belong together (each may be null): the person is or was on the account, the account
    /// is or was supplied at the premise. One SELECT. A broken rule names the field: PersonId, AccountId or PremiseId.
    /// </summary>
    Task<Platform.Uses.Problem?> CheckTogether(long? personId, long? accountId, long? premiseId, CancellationToken ct);

    /// <summary>Names and addresses to show with links, in one SELECT per kind that occurs.</summary>
    Task<IReadOnlyDictionary<RecordRef, string>> Describe(IReadOnlyCollection<RecordRef> records, CancellationToken ct);

    /// <summary>Readable phone numbers of a person, the primary one first.</summary>
    Task<IReadOnlyList<string>> PhonesOf(long personId, CancellationToken ct);

    /// <summary>Organisations of a source by name; those that are missing are added. Joins the caller's transaction.</summary>
    /// <returns>Name (in any case) to person id.</returns>
    Task<IReadOnlyDictionary<string, long>> EnsureOrganizations(string source, IReadOnlyCollection<string> names, CancellationToken ct);

    /// <summary>Premises by address line; places that are missing are added, intersections and the like as locations.</summary>
    /// <returns>Line (in any case) to premise id.</returns>
    Task<IReadOnlyDictionary<string, long>> EnsurePlaces(string source, IReadOnlyCollection<string> lines, CancellationToken ct);
}
