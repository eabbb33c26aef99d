using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Adds a further name: alternate, legal, trading or former, with the days on which it was in use.</summary>
internal sealed class AddName(PersonChange people, AppDb db, IUtilityClock clock) : IUse<AddName.Input, Done>
{
    public sealed record Input(
        long PersonId, int Version, NameKind? Kind, string? Given = null, string? Family = null, string? FullName = null, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        people.Require();
        var today = await clock.Today(ct);
        return await people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            var name = new NameInput(input.Kind, input.Given, input.Family, input.FullName, input.FromOn, input.ToOn).Make(problems, "", person.Kind, db, person.Id);
            if (name is not null)
                person.AddName(name, today);
        }, ct);
    }
}
