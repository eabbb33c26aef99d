using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Keeps a secret number: encrypted, found by its keyed hash only, shown by its last digits.</summary>
internal sealed class AddIdentifier(PersonChange people, AppDb db, IProtectedValues values) : IUse<AddIdentifier.Input, Done>
{
    [NotRemembered("a secret number")]
    public sealed record Input(long PersonId, int Version, IdentifierKind? Kind, string? Number);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct) =>
        people.Run(input.PersonId, input.Version, (person, problems) =>
        {
            if (new IdentifierInput(input.Kind, input.Number).Make(problems, "", values, db, person.Id) is not { } identifier)
                return;
            if (person.Identifiers.Any(i => i.Kind == identifier.Kind && i.Hash == identifier.Hash))
                problems.Add(nameof(Input.Number), "This number is on record already.", "identifier.already");
            else
                person.AddIdentifier(identifier);
        }, ct);
}
