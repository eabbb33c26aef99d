using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Says where mail goes instead of the premise: always, for a while, or every year between two days.</summary>
internal sealed class AddAddress(PersonChange people, AppDb db) : IUse<AddAddress.Input, Done>
{
    /// <param name="EveryYear">Seasonal only: month and day count, and November to March is possible.</param>
    public sealed record Input(long PersonId, int Version, AddressKind? Kind, string? Line, DateOnly? FromOn = null, DateOnly? ToOn = null, bool EveryYear = false, MailKind? Carries = null);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (new AddressInput(input.Kind, input.Line, input.FromOn, input.ToOn, input.EveryYear, input.Carries).Make(problems, "", db, person.Id) is { } address)
                person.AddAddress(address);
        }, ct);
}
