using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Changes what is known of a person besides names and ways to reach them.</summary>
internal sealed class ChangePerson(PersonChange people, IUtilityClock clock) : IUse<ChangePerson.Input, Done>
{
    /// <param name="Version">As it was read: the second of two people who save hears of the first.</param>
    public sealed record Input(
        long PersonId, int Version, DateOnly? BornOn, string? Language, bool? Interpreter, bool? Relay, bool? LargePrint, bool? NeedsTime,
        PreferredChannel? PreferredChannel, bool? LifeSupport, bool? SensitiveLoad);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        people.Require();
        var today = await clock.Today(ct);
        return await people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            problems.NotAfter(nameof(Input.BornOn), input.BornOn, today);
            var language = problems.Language(nameof(Input.Language), input.Language);
            var channel = problems.Choice(nameof(Input.PreferredChannel), "Preferred way", (PreferredChannel?)(input.PreferredChannel ?? PreferredChannel.None));
            var interpreter = problems.Said(nameof(Input.Interpreter), "Needs an interpreter", input.Interpreter);
            var relay = problems.Said(nameof(Input.Relay), "Calls through a relay service", input.Relay);
            var largePrint = problems.Said(nameof(Input.LargePrint), "Large print", input.LargePrint);
            var needsTime = problems.Said(nameof(Input.NeedsTime), "Needs time", input.NeedsTime);
            var lifeSupport = problems.Said(nameof(Input.LifeSupport), "Life support", input.LifeSupport);
            var sensitiveLoad = problems.Said(nameof(Input.SensitiveLoad), "Sensitive load", input.SensitiveLoad);
            if (problems.Any)
                return;
            person.Describe(input.BornOn, language, interpreter, relay, largePrint, needsTime, channel);
            person.Flag(lifeSupport, sensitiveLoad);
        }, ct);
    }
}
