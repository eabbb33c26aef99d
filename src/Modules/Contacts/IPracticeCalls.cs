using Tieline.Platform.Uses;

namespace Tieline.Contacts;

/// <summary>
/// Simulated callers to practise with, in the demonstration only: elsewhere every step is answered that it is not there. All of it
/// for the actor's own.
/// </summary>
public interface IPracticeCalls
{
    /// <summary>Whether the actor may take simulated calls here; costs no statement.</summary>
    ValueTask<bool> Offered(CancellationToken ct);

    /// <summary>It rings, if it does not ring already.</summary>
    /// <param name="story">Code of the story; null for the one told least so far.</param>
    Task<Outcome<Done>> Ring(string? story, CancellationToken ct);

    /// <summary>Answers: a call begins as any other does. What was in progress is parked.</summary>
    Task<Outcome<InteractionTaken>> Answer(CancellationToken ct);

    /// <summary>Asks the caller something, or lets them go on.</summary>
    Task<Outcome<Done>> Ask(string what, CancellationToken ct);

    /// <summary>The simulated caller is gone from the screen; a call that runs stays as it is.</summary>
    Task<Outcome<Done>> PutAway(CancellationToken ct);
}
