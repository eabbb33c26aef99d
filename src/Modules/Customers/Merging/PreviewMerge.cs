using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Merging;

/// <summary>What merging two people would do: nothing is changed. Keeps that both were looked at.</summary>
internal sealed class PreviewPeople(CurrentActor actor, GetPerson people, PersonAccounts accounts, MergeBook book, PeopleInSight sight) : IUse<PreviewPeople.Input, PreviewPeople.Forecast>
{
    public sealed record Input(long Id, long Into);

    public sealed record Side(CustomerPerson Person, CustomerAccounts Accounts);

    /// <param name="Follows">What goes along, in words.</param>
    /// <param name="Conflicts">What they say differently, and what becomes of it.</param>
    public sealed record Forecast(Side From, Side Into, IReadOnlyList<MergeCount> Follows, IReadOnlyList<MergeConflict> Conflicts);

    public async Task<Outcome<Forecast>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Merge);
        var (from, into) = (await people.Handle(new(input.Id), ct), await people.Handle(new(input.Into), ct));
        if (!from.Ok || !into.Ok)
            return Problem.NotFound("One of the two");
        if (from.Value.Id == into.Value.Id)
            return new Problem(null, input.Id == input.Into ? "Nobody is merged into themselves." : "These two are one record already.", "merge.self");
        var forecast = await MergeBook.InSight(await book.Forecast(MergeKind.Person, from.Value.Id, into.Value.Id, ct), sight, from.Value.Id, into.Value.Id, ct);
        return new Forecast(
            new(from.Value, await accounts.OfPerson(from.Value.Id, ct)), new(into.Value, await accounts.OfPerson(into.Value.Id, ct)), forecast.Follows, forecast.Conflicts);
    }
}

/// <summary>What merging two premises would do: nothing is changed. Keeps that both were looked at.</summary>
internal sealed class PreviewPremises(AppDb db, CurrentActor actor, GetPremise premises, MergeBook book) : IUse<PreviewPremises.Input, PreviewPremises.Forecast>
{
    public sealed record Input(long Id, long Into);

    /// <inheritdoc cref="PreviewPeople.Forecast"/>
    public sealed record Forecast(GetPremise.Found From, GetPremise.Found Into, IReadOnlyList<MergeCount> Follows, IReadOnlyList<MergeConflict> Conflicts);

    public async Task<Outcome<Forecast>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Merge);
        var (one, other) = (await db.Set<Premise>().SurvivorOf(input.Id).SingleOrDefaultAsync(ct), await db.Set<Premise>().SurvivorOf(input.Into).SingleOrDefaultAsync(ct));
        if (one != 0 && one == other)
            return new Problem(null, input.Id == input.Into ? "A premise is not merged into itself." : "These two are one record already.", "merge.self");
        var (from, into) = (await premises.Handle(new(one), ct), await premises.Handle(new(other), ct));
        if (!from.Ok || !into.Ok)
            return Problem.NotFound("One of the two");
        var forecast = await book.Forecast(MergeKind.Premise, one, other, ct);
        return new Forecast(from.Value, into.Value, forecast.Follows, forecast.Conflicts);
    }
}
