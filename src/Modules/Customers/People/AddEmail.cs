using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Adds an e-mail address. The first one is the primary one.</summary>
internal sealed class AddEmail(PersonChange people, AppDb db) : IUse<AddEmail.Input, Done>
{
    public sealed record Input(long PersonId, int Version, string? Address, bool Primary = false);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (new EmailInput(input.Address, input.Primary).Make(problems, "", db, person.Id) is not { } email)
                return;
            if (person.Emails.Any(e => e.AddressKey == email.AddressKey))
                problems.Add(nameof(Input.Address), "This address is on record already.", "email.already");
            else
                person.AddEmail(email);
        }, ct);
}
