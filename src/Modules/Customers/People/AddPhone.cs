using Tieline.Platform.Data;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Adds a phone number as typed. The first one is the primary one.</summary>
internal sealed class AddPhone(PersonChange people, AppDb db, ISettings settings) : IUse<AddPhone.Input, Done>
{
    public sealed record Input(long PersonId, int Version, string? Number, PhoneKind? Kind = null, bool Primary = false);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        people.Require();
        var country = await settings.Get(HouseSettings.Country, ct);
        return await people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (new PhoneInput(input.Number, input.Kind, input.Primary).Make(problems, "", country, db, person.Id) is not { } phone)
                return;
            if (person.Phones.Any(p => p.E164 == phone.E164 && p.Extension == phone.Extension))
                problems.Add(nameof(Input.Number), "This number is on record already.", "phone.already");
            else
                person.AddPhone(phone);
        }, ct);
    }
}
