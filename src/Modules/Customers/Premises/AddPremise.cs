using Tieline.Customers.Finding;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Premises;

/// <summary>Adds a place. One that looks like a place on record is refused with <see cref="LikelyRule"/> until whoever types says that it is another.</summary>
internal sealed class AddPremise(AppDb db, CurrentActor actor, FindLikelyPremises likely, CustomerIndex index, ITimeline timeline, IEvents events)
    : IUse<AddPremise.Input, AddPremise.Added>
{
    public const string LikelyRule = "premise.likely_duplicates";

    /// <param name="Line">The whole address; with it the parts are not looked at.</param>
    /// <param name="CrossStreet">The second street of an intersection.</param>
    /// <param name="ConfirmedNew">Those that look alike were seen, and this is another place.</param>
    public sealed record Input(
        PremiseKind? Kind = null, string? Line = null, string? HouseNumber = null, string? PreDirection = null, string? StreetName = null, string? StreetType = null,
        string? PostDirection = null, string? Unit = null, string? City = null, string? State = null, string? PostalCode = null, string? CrossStreet = null,
        bool LifeSupport = false, bool SensitiveLoad = false, bool ConfirmedNew = false)
    {
        public PremiseInput Place => new(Kind, Line, HouseNumber, PreDirection, StreetName, StreetType, PostDirection, Unit, City, State, PostalCode, CrossStreet);
    }

    public sealed record Added(long Id, string Address, int Version);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var problems = new Problems();
        var (kind, parts) = input.Place.Read(problems);
        if (problems.Any)
            return problems;
        if (!input.ConfirmedNew && await likely.Among(parts, null, ct) is { Count: > 0 } alike)
            return new Problem(null, FindLikelyPremises.Message(alike), LikelyRule);

        var premise = new Premise(db.NextId(), kind, parts);
        premise.Flag(input.LifeSupport, input.SensitiveLoad);
        db.Add(premise);
        index.PremiseChanges(premise.Id);
        timeline.Tell(new RecordRef("premise", premise.Id), "premise", db.Now, "Premise added", premise.OneLine, false, null, null, premise.Id);
        await events.Publish(new PremiseAdded(premise.Id), ct, new RecordRef("premise", premise.Id));
        await db.SaveChangesAsync(ct);
        return new Added(premise.Id, premise.OneLine, premise.Version);
    }
}
