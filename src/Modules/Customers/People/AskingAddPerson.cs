using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary><see cref="AddPerson"/> for a page: those who look alike are kept, so that the page can show them with links.</summary>
internal sealed class AskingAddPerson(AddPerson add, FindLikelyPeople likely) : IUse<AddPerson.Input, AddPerson.Added>
{
    public IReadOnlyList<FindLikelyPeople.Likely> Alike { get; private set; } = [];

    public async Task<Outcome<AddPerson.Added>> Handle(AddPerson.Input input, CancellationToken ct)
    {
        var outcome = await add.Handle(input, ct);
        if (!outcome.Ok && outcome.Problems[0].Rule == AddPerson.LikelyRule)
            Alike = await likely.Among(input.Likeness, ct);
        return outcome;
    }
}
