using Tieline.Platform;

namespace Tieline.Customers;

public sealed record PersonLine(long Id, string Reference, string Name, bool Organization);

/// <param name="Status"><c>Active</c> or <c>Closed</c>.</param>
public sealed record AccountLine(long Id, string Number, string Status);

public sealed record PremiseLine(long Id, string Address);

/// <summary>An account that a person is on, with a premise it supplies.</summary>
/// <param name="Current">The person is still on the account, and it is active.</param>
public sealed record PersonPlace(AccountLine Account, PremiseLine? Premise, string Role, bool Current);

/// <summary>A person in one line, as they stay on screen while others are looked at.</summary>
/// <param name="Account">Number of their newest account, active ones first.</param>
/// <param name="Premise">Address that it supplies, or supplied last.</param>
/// <param name="Speaker">Who speaks for them with the acting employee, what they may do and until when; null when nobody is verified, or the customer is.</param>
public sealed record PersonInHand(long Id, string Name, string? Account, string? Premise, string? Speaker = null);

/// <param name="Kind"><c>Main</c>, <c>Alternate</c>, <c>Legal</c>, <c>Trading</c> or <c>Former</c>.</param>
public sealed record NameFact(long Id, string Kind, string Name, string? Given, string? Family, DateOnly? FromOn, DateOnly? ToOn);

/// <param name="Number">For reading, with its extension.</param>
public sealed record PhoneFact(long Id, string Kind, string Number, string E164, string? Extension, bool Primary);

public sealed record EmailFact(long Id, string Address, bool Primary);

/// <param name="EveryYear">Only month and day of the dates count.</param>
/// <param name="Carries">Which mail goes there: <c>Everything</c>, <c>Bills</c> or <c>Letters</c>; null when nothing was said.</param>
public sealed record AddressFact(long Id, string Kind, string Line, DateOnly? FromOn, DateOnly? ToOn, bool EveryYear, string? Carries = null);

/// <summary>A secret number by its last digits; the whole is shown by a use of its own only.</summary>
public sealed record IdentifierFact(long Id, string Kind, string LastDigits);

/// <param name="Inverse">False: the other one is this person's landlord (carer ...). True: this person is theirs.</param>
/// <param name="OtherId">Person id; null for an employee.</param>
public sealed record RelationshipFact(long Id, string Kind, bool Inverse, long? OtherId, string Other, string? Comment, DateOnly? FromOn, DateOnly? ToOn, int Version);

/// <param name="Audience"><c>Everyone</c>, <c>FrontOffice</c>, <c>BackOffice</c> or <c>Field</c>; only those the actor may read are given out.</param>
public sealed record NoteFact(long Id, RecordRef About, string Body, string Audience, DateOnly? ExpiresOn, string Author, DateTime At, int Version);

/// <param name="AccountId">Null: for all accounts of the person.</param>
/// <param name="OtherId">Who may act, if they are on record.</param>
/// <param name="Scopes"><c>Information</c>, <c>PaymentArrangement</c>, <c>Changes</c>, <c>StartAndStop</c>, <c>Everything</c>; separated by commas.</param>
/// <param name="ToOn">The last day on which it is in force.</param>
public sealed record AuthorisationFact(long Id, long? AccountId, long? OtherId, string Other, string? Organisation, string Scopes, DateOnly FromOn, DateOnly ToOn);

/// <param name="Kind"><c>Threat</c>, <c>Dog</c>, <c>TwoPeople</c>, <c>Weapon</c>, <c>Hazard</c> or <c>Other</c>.</param>
/// <param name="About">A person or a premise.</param>
public sealed record WarningFact(long Id, RecordRef About, string Kind, string Reason, string Source, DateOnly ReviewOn);

/// <summary>A warning for somebody who goes to a customer or a place.</summary>
/// <param name="Kind">As of <see cref="WarningFact"/>.</param>
/// <param name="About">In words: of the customer, the place, or somebody who lives there.</param>
/// <param name="Reason">Masked as all words about the customer; null of a closed one.</param>
/// <param name="MayOpen">The actor may read the whole of it.</param>
public sealed record WarningOnTheWay(long Id, string Kind, string About, string? Reason, DateOnly ReviewOn, bool MayOpen);

/// <summary>What a message is for.</summary>
public enum ConsentPurpose { Billing, Outages, Marketing, Surveys }

/// <summary>How a message goes out.</summary>
public enum ConsentChannel { Call, Text, Email, Letter }

/// <summary>An answer in force.</summary>
/// <param name="Source"><c>Call</c>, <c>Counter</c>, <c>Web</c>, <c>Letter</c>, <c>Message</c>, <c>Import</c> or <c>Stop</c>.</param>
public sealed record ConsentFact(ConsentPurpose Purpose, ConsentChannel Channel, bool Given, string Source, DateTime SinceAt);

/// <summary>Something that has to be looked at again: whether a warning is still true, or an authorisation that ends goes on.</summary>
/// <param name="Cause">One for each time: <c>warning_review:...</c> or <c>authorisation_end:...</c>.</param>
/// <param name="Text">In one line, without what a warning says.</param>
public sealed record DueReview(long Id, RecordRef Cause, string Text, DateOnly On, long? PersonId, long? AccountId, long? PremiseId);

/// <summary>A record that was merged into this one.</summary>
/// <param name="Name">As it was then.</param>
public sealed record MergedFact(long Id, string? Reference, string Name, DateTime At);

/// <summary>All that is on record of a person, without their accounts.</summary>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Sight">What the actor may see: masked values are masked already, of a closed person there is nothing but the id.</param>
/// <param name="Relationships">Those of the person first; at most 200 of each direction.</param>
/// <param name="Notes">Those that have not expired and that the actor may read, newest first.</param>
/// <param name="Authorisations">Who may act for the person, today or from a later day.</param>
/// <param name="Warnings">Of the person; none without the right to see them.</param>
/// <param name="Consents">Answers in force.</param>
public sealed record CustomerPerson(
    long Id, string Reference, string Name, bool Organization, DateOnly? BornOn, string Language, string PreferredChannel,
    bool Interpreter, bool Relay, bool LargePrint, bool NeedsTime, bool LifeSupport, bool SensitiveLoad, DateTime CreatedAt, int Version,
    IReadOnlyList<NameFact> Names, IReadOnlyList<PhoneFact> Phones, IReadOnlyList<EmailFact> Emails, IReadOnlyList<AddressFact> Addresses,
    IReadOnlyList<IdentifierFact> Identifiers, IReadOnlyList<RelationshipFact> Relationships, IReadOnlyList<NoteFact> Notes,
    IReadOnlyList<AuthorisationFact> Authorisations, IReadOnlyList<WarningFact> Warnings, IReadOnlyList<ConsentFact> Consents, SightLevel Sight = SightLevel.Full)
{
    /// <summary>Records that were the same person, oldest first.</summary>
    public IReadOnlyList<MergedFact> Merged { get; init; } = [];
}

/// <param name="Id">Of the entry, not of the person.</param>
public sealed record AccountMember(
    long Id, long PersonId, string Reference, string Name, string Role, bool FinanciallyResponsible, bool LifeSupport, DateOnly FromOn, DateOnly? ToOn, int Version);

/// <param name="State"><c>PendingStart</c>, <c>Active</c>, <c>PendingStop</c>, <c>Stopped</c>, <c>Closed</c>, <c>Reactivated</c> or <c>Cancelled</c>.</param>
public sealed record AgreementFact(long Id, long AccountId, long PremiseId, string Type, string State, DateOnly StartOn, DateOnly? StopOn, int Version)
{
    /// <summary>Not stopped, closed or cancelled.</summary>
    public bool Current => State is not ("Stopped" or "Closed" or "Cancelled");
}

/// <param name="MergedIntoId">It is found as that one.</param>
public sealed record PremiseFact(long Id, string Address, string Kind, bool LifeSupport, bool SensitiveLoad, int Version, long? MergedIntoId = null);

public sealed record CustomerAccount(
    long Id, string Number, string CustomerClass, string BillCycle, string Status, DateOnly OpenedOn, DateOnly? ClosedOn, int Version,
    IReadOnlyList<AccountMember> People, IReadOnlyList<AgreementFact> Agreements)
{
    /// <summary>On a person's page: <c>Full</c> also of a masked person's account, when somebody who is authorised for it alone speaks.</summary>
    public SightLevel Sight { get; init; } = SightLevel.Full;
}

/// <param name="Accounts">Active ones first; at most 100.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Premises">Those of the agreements.</param>
/// <param name="Notes">On these accounts and premises, as the actor may read them.</param>
/// <param name="Warnings">Of these premises; none without the right to see them.</param>
public sealed record CustomerAccounts(
    IReadOnlyList<CustomerAccount> Accounts, int Total, IReadOnlyList<PremiseFact> Premises, IReadOnlyList<NoteFact> Notes, IReadOnlyList<WarningFact> Warnings);

/// <summary>What something is about.</summary>
public sealed record Belonging(long? PersonId, long? AccountId, long? PremiseId);

/// <summary>A room above that keeps calls, visits and chats: whoever is verified in one is known to the employee while it is in hand.</summary>
public interface ICallsInProgress
{
    /// <summary>In which the acting employee speaks now; null for none.</summary>
    Task<RecordRef?> Current(CancellationToken ct);

    /// <summary>Whether the acting employee speaks in it now, and does so until the running transaction ends.</summary>
    Task<bool> IsMine(RecordRef call, CancellationToken ct);

    /// <summary>The caller of this customer was made sure of in it: it is theirs, unless another one is named as who calls. In a transaction, after <see cref="IsMine"/>.</summary>
    Task Verified(RecordRef call, long personId, CancellationToken ct);

    /// <summary>When it began, with whomever; null when it is none of the room's.</summary>
    Task<DateTime?> BeganAt(RecordRef call, CancellationToken ct);
}

/// <summary>A room above that holds amounts which a customer knows and others do not: callers may be asked for one of them.</summary>
public interface IHeldAmounts
{
    /// <summary>What was billed last and what is owed on these accounts; nothing that is zero. They never leave: what a caller says is compared with them.</summary>
    Task<IReadOnlyList<Money>> Of(IReadOnlyCollection<long> accountIds, CancellationToken ct);
}

/// <summary>
/// What other rooms may ask about people, accounts and premises. What the actor may not see now is masked in the answers, and a closed
/// person is a "Restricted customer" without anything.
/// </summary>
public interface ICustomers
{
    /// <summary>Streets of which a text speaks that is no address, in one spelling: "a wire on Elm Street near the school" is <c>elm st</c>.</summary>
    static IReadOnlySet<string> StreetsIn(string text) => Premises.StreetNames.In(text);

    /// <summary>What the actor may see of people now; at most one SELECT for all, none for those whom the request has asked about before.</summary>
    Task<IReadOnlyDictionary<long, SightLevel>> Sight(IReadOnlyCollection<long> personIds, CancellationToken ct);

    /// <summary>How typed words and values of records that belong to people (or only to their accounts) may be shown to the actor: of what belongs to an account only, while its main person is masked, what anybody on it holds is hidden; at most five SELECTs for all.</summary>
    Task<Maskings> Masking(IEnumerable<(long? PersonId, long? AccountId)> records, CancellationToken ct);

    /// <summary>As the other, of records of which some are about a place only: there what those who live there hold is hidden; at most eight SELECTs for all.</summary>
    Task<Maskings> Masking(IEnumerable<(long? PersonId, long? AccountId, long? PremiseId)> records, CancellationToken ct);

    /// <summary>A call, visit or chat has ended, and with it who was verified in it. The caller of this saves.</summary>
    Task EndCallers(RecordRef interaction, CancellationToken ct);

    /// <summary>The interaction is not in hand any more: who was verified in it opens nothing until it goes on. The caller of this saves.</summary>
    Task ParkCallers(RecordRef interaction, CancellationToken ct);

    /// <summary>This employee begins the interaction or goes on with it, and with who was verified in it; whom they verified outside of any has gone. The caller of this saves.</summary>
    Task TakeUpCallers(RecordRef interaction, long employee, CancellationToken ct);

    /// <summary>The customer is put down: whom the acting employee verified outside of an interaction has gone. The caller of this saves.</summary>
    Task EndCallersOf(long personId, CancellationToken ct);

    /// <summary>Nobody is on record yet, and the actor may bring customers in from a file: they are told where. No statement for whoever may not.</summary>
    Task<bool> OfferBringingIn(CancellationToken ct);

    Task<PersonLine?> Person(long id, CancellationToken ct);

    Task<AccountLine?> Account(long id, CancellationToken ct);

    Task<PremiseLine?> Premise(long id, CancellationToken ct);

    /// <summary>Accounts and premises of a person, current ones first: what a contact may be about.</summary>
    Task<IReadOnlyList<PersonPlace>> PlacesOf(long personId, CancellationToken ct);

    /// <summary>
    /// Whether person, account and premise belong together (each may be null): the person is or was on the account, the account
    /// is or was supplied at the premise. One SELECT. A broken rule names the field: PersonId, AccountId or PremiseId.
    /// In a transaction nobody merges them before its end: what is recorded about them then is recorded about who is found.
    /// </summary>
    /// <returns>Who and what it is now: of a person or premise that was merged, the one it was merged into.</returns>
    Task<Platform.Uses.Outcome<Belonging>> CheckTogether(long? personId, long? accountId, long? premiseId, CancellationToken ct);

    /// <summary>
    /// Before anything is held that is recorded about them: until the running transaction ends nobody merges them, and what is read from here on is as the last merge left it.
    /// </summary>
    Task KeepFromMerging(long? personId, long? premiseId, CancellationToken ct);

    /// <summary>Names and addresses to show with links, in one SELECT per kind that occurs.</summary>
    Task<IReadOnlyDictionary<RecordRef, string>> Describe(IReadOnlyCollection<RecordRef> records, CancellationToken ct);

    /// <summary>A person as the customer page shows them; one SELECT. Of one who was merged, the survivor: another id than was asked for. Needs the right to read customers; the caller keeps the look.</summary>
    Task<CustomerPerson?> FactsOf(long personId, CancellationToken ct);

    /// <summary>A person in one line; one SELECT. Needs the right to read customers; no look of its own, as opening the record was one.</summary>
    Task<PersonInHand?> InHand(long personId, CancellationToken ct);

    /// <summary>Those of these accounts on which the acting employee or a relative stands: closed to them in every way. None for machines. At most one SELECT, none for nearly everybody.</summary>
    Task<IReadOnlySet<long>> OwnAccounts(IReadOnlyCollection<long> ids, CancellationToken ct);

    /// <summary>Accounts of a person, who is on them, and what they supply where; one SELECT. Needs the right to read customers.</summary>
    Task<CustomerAccounts> AccountsOf(long personId, CancellationToken ct);

    /// <summary>Accounts by key; one SELECT. Those that do not exist are not in it.</summary>
    Task<IReadOnlyDictionary<long, AccountLine>> Accounts(IReadOnlyCollection<long> ids, CancellationToken ct);

    /// <summary>Accounts by their key in a source, or by number as printed or typed where <paramref name="source"/> is null; one SELECT. Those that are not known are not in it.</summary>
    Task<IReadOnlyDictionary<string, long>> AccountIds(string? source, IReadOnlyCollection<string> names, CancellationToken ct);

    /// <summary>Readable phone numbers of a person, the primary one first; none while they are masked.</summary>
    Task<IReadOnlyList<string>> PhonesOf(long personId, CancellationToken ct);

    /// <summary>Organisations of a source by name; those that are missing are added. Joins the caller's transaction.</summary>
    /// <returns>Name (in any case) to person id.</returns>
    Task<IReadOnlyDictionary<string, long>> EnsureOrganizations(string source, IReadOnlyCollection<string> names, CancellationToken ct);

    /// <summary>Premises by address line; places that are missing are added, intersections and the like as locations.</summary>
    /// <returns>Line (in any case) to premise id.</returns>
    Task<IReadOnlyDictionary<string, long>> EnsurePlaces(string source, IReadOnlyCollection<string> lines, CancellationToken ct);

    /// <summary>
    /// Whether a message for a purpose may go out on a channel. Each purpose and channel has its own answer; where nobody was asked, billing
    /// and outage messages may, marketing and surveys may not.
    /// </summary>
    Task<bool> MayContact(long personId, ConsentPurpose purpose, ConsentChannel channel, CancellationToken ct);

    /// <summary>From now on the person gets no marketing on any channel, and nothing by call, text or e-mail. Joins the caller's transaction.</summary>
    Task<Platform.Uses.Outcome<Platform.Uses.Done>> StopMessages(long personId, string reason, CancellationToken ct);

    /// <summary>Takes <see cref="StopMessages"/> back: the answers before it are in force again, but for those that were given since. Joins the caller's transaction.</summary>
    Task<Platform.Uses.Outcome<Platform.Uses.Done>> ResumeMessages(long personId, string reason, CancellationToken ct);

    /// <summary>Warnings to be looked at again on a day or before, and authorisations that end between it and <paramref name="endsBy"/>, in the order of their ids.</summary>
    /// <param name="after">Only those behind this id.</param>
    Task<IReadOnlyList<DueReview>> DueReviews(DateOnly on, DateOnly endsBy, long after, int limit, CancellationToken ct);

    /// <summary>
    /// Warnings in force for those who go to these: of the person, of whoever stands on the account, of the premise and those the account supplies, and of whoever lives there; of a person alone, of where they live. One statement for all,
    /// and what masking needs where there are some. The caller keeps the look.
    /// </summary>
    /// <param name="sent">The actor is one of those who go: they are told of which kind it is whatever their rights are, of a closed customer too. Others need the right to see warnings.</param>
    /// <returns>As many as <paramref name="records"/>, in their order.</returns>
    Task<IReadOnlyList<IReadOnlyList<WarningOnTheWay>>> WarningsFor(IReadOnlyList<Belonging> records, bool sent, CancellationToken ct);

    /// <summary>Whether nobody has done the review of a warning yet that caused work.</summary>
    Task<bool> AwaitsReview(RecordRef cause, CancellationToken ct);

    /// <summary>Whether an agreement is pending still: it has neither begun nor been cancelled.</summary>
    Task<bool> AwaitsStart(RecordRef agreement, CancellationToken ct);
}
