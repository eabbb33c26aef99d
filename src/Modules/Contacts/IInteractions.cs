using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts;

/// <summary>A call, counter visit or chat in one line.</summary>
/// <param name="Channel">Phone, Counter or Chat.</param>
/// <param name="State"><c>InProgress</c>, <c>Parked</c>, <c>HandedOver</c> or <c>Ended</c>.</param>
/// <param name="EmployeeId">Who holds it; while it is handed over, who gave it away.</param>
/// <param name="SinceAt">When it came into its state.</param>
/// <param name="HandledSeconds">In progress up to <paramref name="SinceAt"/>: neither parked nor waiting.</param>
/// <param name="HandedTo">Name of the person or role it waits for.</param>
/// <param name="Contacts">How many were recorded in it.</param>
/// <param name="HasDrafts">It was handed over with something typed that nobody has recorded yet.</param>
/// <param name="Accepted">Somebody else had it in hand before.</param>
public sealed record InteractionLine(
    long Id, string Reference, string Channel, string Direction, string State, long EmployeeId, string Employee, string? NumberOrPlace, long? PersonId,
    DateTime StartedAt, DateTime SinceAt, int HandledSeconds, DateTime? EndedAt, string? Note, long? HandedToEmployeeId, long? HandedToRoleId, string? HandedTo,
    string? HandOverComment, int Contacts, int Version, bool HasDrafts = false, bool Accepted = false);

/// <summary>What an employee has in hand besides customers.</summary>
/// <param name="Current">In progress.</param>
/// <param name="Parked">And those given away that nobody has accepted yet.</param>
/// <param name="Waiting">Handed to the employee or to one of their roles.</param>
public sealed record InteractionsInHand(InteractionLine? Current, IReadOnlyList<InteractionLine> Parked, IReadOnlyList<InteractionLine> Waiting)
{
    public static readonly InteractionsInHand None = new(null, [], []);
}

/// <summary>An employee who has customers with them now; nothing is said of the customers.</summary>
/// <param name="Channel">Phone, Counter or Chat: that of the one in progress; null where all are parked.</param>
/// <param name="SinceAt">Since when it is in progress, or the first one is parked.</param>
/// <param name="Parked">How many wait besides.</param>
public sealed record WithCustomers(long EmployeeId, string Employee, string? Channel, DateTime SinceAt, int Parked);

/// <summary>One with whom to go on, and who waits for that.</summary>
/// <param name="PersonId">The caller; null while nobody is known.</param>
/// <param name="Parked">Reference of what was in progress before.</param>
public sealed record InteractionTaken(long Id, string Reference, long? PersonId, string? Parked);

/// <summary>What other rooms may ask and tell about calls, visits and chats. All of it for the actor's own, but for <see cref="Going"/>.</summary>
public interface IInteractions
{
    /// <summary>What the actor has in hand; one SELECT, and one more where something waits for a role.</summary>
    Task<InteractionsInHand> InHand(CancellationToken ct);

    /// <summary>Who has customers with them now, on the phone, at the counter or in a chat, by name; one SELECT.</summary>
    Task<IReadOnlyList<WithCustomers>> Going(CancellationToken ct);

    /// <summary>Takes a call. What was in progress is parked.</summary>
    Task<Outcome<InteractionTaken>> Take(CancellationToken ct);

    /// <summary>Says who is calling; null takes back a wrong pick.</summary>
    Task<Outcome<Done>> TakeCaller(long interactionId, long? personId, CancellationToken ct);

    Task<Outcome<Done>> Park(long interactionId, CancellationToken ct);

    /// <summary>Goes on with one that is parked, or takes back one that nobody has accepted. What was in progress is parked.</summary>
    Task<Outcome<InteractionTaken>> Resume(long interactionId, CancellationToken ct);

    /// <summary>Takes over one that waits for the actor or for one of their roles. What was in progress is parked.</summary>
    Task<Outcome<InteractionTaken>> Accept(long interactionId, CancellationToken ct);

    /// <summary>A wrong number: recorded and ended at once, when neither a caller nor a contact says otherwise.</summary>
    /// <returns>The contact's reference.</returns>
    Task<Outcome<string>> WrongNumber(long interactionId, CancellationToken ct);

    /// <summary>The rule that is broken by the end of one in which nothing was recorded: it asks why.</summary>
    public const string NothingRecorded = "interaction.without_contact";

    /// <summary>The rule that is broken by the end of one with something typed, handed over and not recorded: it asks whether that is not needed.</summary>
    public const string DraftsLeft = "interaction.drafts_left";

    /// <summary>Ends one in which all is recorded; otherwise <see cref="NothingRecorded"/> or <see cref="DraftsLeft"/> is broken.</summary>
    Task<Outcome<Done>> End(long interactionId, CancellationToken ct);
}
